import { describe, expect, test } from 'vitest';
import { unmaskedClientFrame } from '../../src/rules/unmasked-client-frame.ts';
import { check, close, frame, irregular, judged, type RecordSpec, told } from '../helpers/record-builder.ts';

const MASKING = [irregular('masking', [frame(1, 9, 12)])];

describe('raised', () => {
  test.each<[string, RecordSpec, object]>([
    ['a text', { clientSide: { frames: 3, irregularities: MASKING } }, { opcode: 1 }],
    [
      'a pong',
      { clientSide: { frames: 3, irregularities: [irregular('masking', [frame(10, 9, 12)])] } },
      { opcode: 10 },
    ],
    [
      'on one direction only',
      { clientSide: { frames: 3, irregularities: MASKING }, serverSide: { isCaptured: false } },
      { by: 'client' },
    ],
  ])('%s', (_name, spec, evidence) => {
    expect(check(unmaskedClientFrame, spec)).toMatchObject({ severity: 'error', evidence });
  });
});

test.each<[string, RecordSpec]>([
  ['frames with a mask', { clientSide: { frames: 3 } }],
  ['a masked frame of the server', { serverSide: { frames: 3, irregularities: MASKING } }],
])('not raised: %s', (_name, spec) => {
  expect(check(unmaskedClientFrame, spec)).toBeNull();
});

test('the message says what was sent, when, where, how often, and what the server did', () => {
  const found = check(unmaskedClientFrame, {
    clientSide: { frames: 9, irregularities: [irregular('masking', [frame(1, 9, 12)], 4)] },
    serverSide: { closeFrame: close(1002, 10, 12.25) },
  });
  expect(told(found)).toBe(
    'The client sent an unmasked text frame (5 bytes) 12 ms after the 101 (packet 9), and 3 more; ' +
      'the server sent Close 1002 (protocol error) 0.25 ms later (packet 10). ' +
      'A server must close the connection on such a frame, with code 1002 (RFC 6455 §5.1). Look at the WebSocket ' +
      'library of the client, and at what writes frames of its own in between: a proxy, a test tool, code that ' +
      'answers pings.',
  );
});

test('each side has its own rule', () => {
  const side = { frames: 3, irregularities: MASKING };
  expect(judged({ clientSide: side }).raised).toEqual(['unmasked-client-frame error']);
  expect(judged({ serverSide: side }).raised).toEqual(['masked-server-frame error']);
});
