import { describe, expect, test } from 'vitest';
import { strayBytes } from '../../src/rules/stray-bytes.ts';
import type { ForeignBytes } from '../../src/websocket/foreign-bytes.ts';
import { check, close, frame, judged, mark, told, type RecordSpec } from '../helpers/record-builder.ts';

const CRLF: ForeignBytes = { kind: 'stray', text: '\r\n', length: 2, ...mark(6, 0) };
const FAILED: RecordSpec = {
  serverSide: { foreign: CRLF },
  clientSide: { closeFrame: close(1002, 8, 5), fin: mark(9, 6) },
};

describe('raised', () => {
  test.each<[string, RecordSpec, string]>([
    ['behind the 101, and the client fails the connection', FAILED, 'error'],
    ['behind the 101, and nothing follows', { serverSide: { foreign: CRLF } }, 'error'],
    [
      'and the other side goes on',
      { serverSide: { foreign: CRLF }, clientSide: { lastDataFrame: frame(1, 20, 500) } },
      'warning',
    ],
    ['of the client', { clientSide: { foreign: CRLF } }, 'error'],
  ])('%s', (_name, spec, severity) => {
    expect(check(strayBytes, spec)).toMatchObject({ kind: 'behind', severity });
  });
});

test.each<[string, RecordSpec]>([
  ['nothing of that', {}],
  ['text in the place of a frame', { serverSide: { foreign: { ...CRLF, kind: 'text' } } }],
])('not raised: %s', (_name, spec) => {
  expect(check(strayBytes, spec)).toBeNull();
});

test('the message shows the bytes, and how the other side took them', () => {
  const found = check(strayBytes, FAILED);
  expect(told(found)).toBe(
    'The server sent 2 bytes too many behind the head of the handshake with the 101 (packet 6): 0d 0a. They are no frame, and ' +
      'the client reads the first frame from there; the client sent Close 1002 (protocol error) 5 ms later (packet 8). Look at ' +
      'how the server writes the head of the handshake: one empty line ends it, and nothing may come between that line and the first frame.',
  );
  expect(found).toMatchObject({
    packets: [6, 8],
    evidence: { by: 'server', bytes: 2, hex: '0d 0a', receiverCloseCode: 1002 },
  });
});

test('a first frame in the same packet is not told as well', () => {
  const spec: RecordSpec = { serverSide: { foreign: CRLF, frames: 1, firstFrame: frame(1, 6, 0) } };
  expect(judged(spec).raised).toEqual(['stray-bytes error']);
});
