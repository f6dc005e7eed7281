import { expect, test } from 'vitest';
import { clientProxyHeader, isClientProxy, proxyHeadersOf } from '../../src/judgement/proxy-headers.ts';
import { lines } from '../helpers/handshakes.ts';
import { recordOf, seenRequest } from '../helpers/record-builder.ts';

const asked = (...headers: string[]) =>
  recordOf({ upgrade: { request: seenRequest(lines('GET /live HTTP/1.1', 'Host: a', ...headers)) } });

test('a request without such headers comes from a client itself', () => {
  const record = asked('X-Request-Id: 7', 'Origin: https://a');
  expect(proxyHeadersOf(record)).toBeNull();
  expect(clientProxyHeader(record)).toBeNull();
  expect(isClientProxy(record)).toBe(false);
});

test.each(['Via', 'X-Forwarded-For', 'X-Forwarded-Host', 'CF-Ray', 'X-Amzn-Trace-Id', 'X-Azure-Ref'])(
  '%s shows a proxy, in whatever case',
  (name) => {
    const record = asked(`${name.toUpperCase()}: value`);
    expect(clientProxyHeader(record)).toBe(name);
    expect(proxyHeadersOf(record)).toBe(name.toUpperCase());
    expect(isClientProxy(record)).toBe(true);
  },
);

test('all of them are named as they stand on the wire, or the one that says most', () => {
  const record = asked('x-forwarded-for: 192.0.2.1', 'CF-RAY: 1', 'x-forwarded-for: 192.0.2.2', 'via: 1.1 b');
  expect(proxyHeadersOf(record)).toBe('x-forwarded-for, CF-RAY and via');
  expect(clientProxyHeader(record)).toBe('Via');
});

test('a PROXY header in front of the request shows one too', () => {
  const header = { text: 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2' } as never;
  expect(isClientProxy({ ...asked(), proxyHeader: header })).toBe(true);
});
