import { describe, expect, test } from 'vitest';
import { tlsNotSpoken } from '../../src/rules/tls-not-spoken.ts';
import { check, CONTEXT, judged, mark, NO_TIMES, type RecordSpec, told } from '../helpers/record-builder.ts';

const bytes = (text: string) => ({ bytes: Uint8Array.from(Buffer.from(text, 'latin1')), ...mark(6, 0) });
const plain = (text: string, to: 'tls' | 'http2' = 'tls'): RecordSpec => ({
  upgrade: null,
  plainAnswer: { to, hello: mark(4, -2), answer: bytes(text) },
});
const ALERT = '\x15\x03\x03\x00\x02\x02\x46';
const answered = (text: string): RecordSpec => ({
  upgrade: { response: null, accept: null, unparsed: bytes(text) },
  serverSide: { fin: mark(8, 1) },
});
const elsewhere = { ...CONTEXT, webSocketPorts: new Set([9000]) };
const nowhere = { ...CONTEXT, webSocketPorts: new Set<number>() };

describe('a ClientHello that is answered in plain text', () => {
  test('is told with both packets and the line', () => {
    const found = check(tlsNotSpoken, plain('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n'));
    expect(found).toMatchObject({ kind: 'plain-answer', severity: 'error', packets: [4, 6] });
    expect(told(found)).toBe(
      'The client began with a TLS ClientHello (packet 4), and the server at port 80 answered in plain text, 2 ms after that (packet 6): "HTTP/1.1 400 Bad Request". No TLS came about. This port speaks HTTP without TLS: use ws:// instead of wss:// there, or have TLS terminated in front of it.',
    );
  });

  test.each([
    ['where the capture shows no upgrade at all', nowhere, 'error'],
    ['where it shows upgrades on other ports', elsewhere, 'info'],
  ])('%s', (_name, context, severity) => {
    expect(check(tlsNotSpoken, plain('HTTP/1.1 400 No'), context)).toMatchObject({ severity });
  });

  test('by another protocol counts only on a port of WebSockets', () => {
    expect(check(tlsNotSpoken, plain('SSH-2.0-x'))).toMatchObject({ severity: 'error' });
    expect(check(tlsNotSpoken, plain('SSH-2.0-x'), elsewhere)).toBeNull();
    expect(check(tlsNotSpoken, plain('SSH-2.0-x'), nowhere)).toBeNull();
  });

  test('leads to the verdict tls-failed, and times are left out where there are none', () => {
    expect(judged(plain('HTTP/1.1 400 No'))).toEqual({ raised: ['tls-not-spoken error'], withheld: [] });
    expect(told(check(tlsNotSpoken, plain('HTTP/1.1 400 No'), NO_TIMES))).toContain(
      'in plain text (packet 6)',
    );
  });
});

describe('a plain request that is answered by TLS', () => {
  test('is told with the alert, and is not an unanswered request', () => {
    const spec = answered(ALERT);
    expect(told(check(tlsNotSpoken, spec))).toContain(
      'answered with a TLS alert (protocol_version), 2 ms after it (packet 6)',
    );
    expect(judged(spec).raised).toEqual(['tls-not-spoken error']);
  });

  test.each<[string, RecordSpec]>([
    ['another protocol', answered('SSH-2.0-x\r\n')],
    [
      'nothing',
      { upgrade: { response: null, accept: null }, serverSide: { streamBytes: 0, fin: mark(8, 1) } },
    ],
    ['a 101', {}],
    ['HTTP/1 to HTTP/2', plain('HTTP/1.1 400 No', 'http2')],
  ])('not raised for %s', (_name, spec) => {
    expect(check(tlsNotSpoken, spec)).toBeNull();
  });
});
