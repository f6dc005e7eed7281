import { describe, expect, test } from 'vitest';
import { httpInWebSocket } from '../../src/rules/http-in-websocket.ts';
import type { ForeignBytes, ForeignKind } from '../../src/websocket/foreign-bytes.ts';
import { check, close, frame, judged, mark, told, type RecordSpec } from '../helpers/record-builder.ts';

const foreign = (kind: ForeignKind, text: string): ForeignBytes => ({
  kind,
  text,
  length: text.length,
  ...mark(20, 300),
});
const FORBIDDEN = foreign('http-response', 'HTTP/1.1 403 Forbidden\r\nServer: WAF\r\n\r\n');

/** The server's last bytes are these; it ends the connection. */
const sent = (bytes: ForeignBytes): RecordSpec => ({
  serverSide: { frames: 2, lastFrame: frame(1, 18, 200), foreign: bytes, fin: mark(22, 302) },
  clientSide: { frames: 1 },
});

describe('raised', () => {
  test.each<[string, RecordSpec, string]>([
    ['a response', sent(FORBIDDEN), 'response'],
    ['a request', { clientSide: { foreign: foreign('http-request', 'GET / HTTP/1.1\r\n') } }, 'request'],
    ['a page', sent(foreign('text', '<html><body>502 Bad Gateway')), 'text'],
    [
      'a warning between frames',
      {
        serverSide: {
          lastFrame: frame(1, 30, 400),
          foreign: foreign('text', '\nWarning: Undefined variable\n'),
        },
      },
      'between',
    ],
  ])('%s', (_name, spec, kind) => {
    expect(check(httpInWebSocket, spec)).toMatchObject({ kind, severity: 'error' });
  });
});

test.each<[string, RecordSpec]>([
  ['nothing of that', {}],
  ['stray bytes', sent(foreign('stray', '\r\n'))],
])('not raised: %s', (_name, spec) => {
  expect(check(httpInWebSocket, spec)).toBeNull();
});

test('the message quotes the first line, and names the server', () => {
  const found = check(httpInWebSocket, sent(FORBIDDEN));
  expect(told(found)).toBe(
    'The server sent an HTTP response inside the WebSocket 300 ms after the 101 (packet 20), where a frame should begin: ' +
      '"HTTP/1.1 403 Forbidden", Server: WAF. Something answered in the middle of the WebSocket: a proxy or a web application ' +
      'firewall that cut in, or a second handler of the same request. The status and the Server header tell which.',
  );
  expect(found).toMatchObject({
    packets: [20],
    evidence: {
      by: 'server',
      what: 'http-response',
      line: 'HTTP/1.1 403 Forbidden',
      status: 403,
      bytes: FORBIDDEN.length,
    },
  });
});

test('it says how the other side took it', () => {
  const spec = sent(FORBIDDEN);
  const found = check(httpInWebSocket, { ...spec, clientSide: { closeFrame: close(1002, 21, 301) } });
  expect(found?.message).toContain('; the client sent Close 1002 (protocol error) 1 ms later (packet 21).');
  expect(found).toMatchObject({
    packets: [20, 21],
    evidence: { receiver: 'close', receiverCloseCode: 1002 },
  });
});

test.each([
  ['HTTP/1.1 408 Request Timeout\r\n', /request timeout of the server itself/],
  ['HTTP/1.1 101 Switching Protocols\r\n', /Two handlers/],
])('what to look at next follows the status: %s', (text, advice) => {
  expect(check(httpInWebSocket, sent(foreign('http-response', text)))?.advice).toMatch(advice);
});

test('abnormal-closure is left out where it was the last thing sent', () => {
  expect(judged(sent(FORBIDDEN)).raised).toEqual(['http-in-websocket error']);
  const between = sent(foreign('text', 'Warning: x'));
  const goneOn: RecordSpec = {
    ...between,
    serverSide: { ...between.serverSide, lastFrame: frame(1, 21, 301) },
  };
  expect(judged(goneOn).raised).toEqual(['http-in-websocket error', 'abnormal-closure error']);
});
