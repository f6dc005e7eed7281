import { expect, test } from 'vitest';
import { NO_NEIGHBOURS } from '../../src/judgement/neighbours.ts';
import { h2InsteadOfHttp1 } from '../../src/rules/h2-instead-of-http1.ts';
import { check, CONTEXT, judged, mark, type RecordSpec, told } from '../helpers/record-builder.ts';

const SETTINGS = '00 00 06 04 00 00 00 00 00 00 03 00 00 00 64';
const GOAWAY = '00 00 08 07 00 00 00 00 00 00 00 00 00 00 00 00 01';
const answered = (hex: string): RecordSpec => ({
  upgrade: {
    response: null,
    accept: null,
    unparsed: { bytes: Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')), ...mark(6, 0) },
  },
  serverSide: { fin: mark(8, 1) },
});
const toPreface: RecordSpec = {
  upgrade: null,
  plainAnswer: {
    to: 'http2',
    hello: mark(4, -2),
    answer: { bytes: Uint8Array.from(Buffer.from('HTTP/1.1 505 No\r\n')), ...mark(6, 0) },
  },
};

test.each([
  ['SETTINGS', SETTINGS],
  ['GOAWAY', GOAWAY],
])('an upgrade that is answered with %s', (_name, hex) => {
  const found = check(h2InsteadOfHttp1, answered(hex));
  expect(found).toMatchObject({ kind: 'http2-answer', severity: 'error', packets: [4, 6] });
  expect(told(found)).toContain(
    'The upgrade request for /chat (packet 4) was answered in HTTP/2, 2 ms after it (packet 6): the server at port 80 speaks no HTTP/1.1.',
  );
  expect(judged(answered(hex)).raised).toEqual(['h2-instead-of-http1 error']);
});

test("HTTP/2's preface that is answered by HTTP/1", () => {
  const found = check(h2InsteadOfHttp1, toPreface);
  expect(found).toMatchObject({ kind: 'http1-answer', severity: 'error', packets: [4, 6] });
  expect(told(found)).toContain('answered in HTTP/1, 2 ms after that (packet 6): "HTTP/1.1 505 No"');
});

test('beside a connection of the client that was answered it is only information', () => {
  const context = { ...CONTEXT, neighbours: { ...NO_NEIGHBOURS, wasServed: () => true } };
  expect(check(h2InsteadOfHttp1, toPreface, context)).toMatchObject({ severity: 'info' });
});

test.each<[string, RecordSpec]>([
  ['a frame of another stream than 0', answered('00 00 06 04 00 00 00 00 01 00 03 00 00 00 64')],
  ['a SETTINGS frame of an impossible length', answered('00 00 07 04 00 00 00 00 00 00 03 00 00 00 64')],
  ['too few bytes to tell', answered('00 00 06 04')],
  ['a 101', {}],
])('not raised for %s', (_name, spec) => {
  expect(check(h2InsteadOfHttp1, spec)).toBeNull();
});

test('not raised for a preface to a port that is not known to be one of WebSockets', () => {
  expect(check(h2InsteadOfHttp1, toPreface, { ...CONTEXT, webSocketPorts: new Set([9000]) })).toBeNull();
});
