import { describe, expect, test } from 'vitest';
import { controlFrameInvalid } from '../../src/rules/control-frame-invalid.ts';
import { check, frame, irregular, type RecordSpec, told } from '../helpers/record-builder.ts';

const FRAGMENTED: RecordSpec = {
  serverSide: { frames: 3, irregularities: [irregular('control-fragmented', [frame(9, 9, 12)])] },
};
const TOO_LONG: RecordSpec = {
  clientSide: {
    frames: 3,
    irregularities: [irregular('control-too-long', [frame(8, 9, 12, { payloadLength: 126 })])],
  },
};

describe('raised', () => {
  test.each<[string, RecordSpec, string, string]>([
    ['a fragmented ping', FRAGMENTED, 'fragmented', 'server'],
    ['a Close of 126 bytes', TOO_LONG, 'too-long', 'client'],
  ])('%s', (_name, spec, kind, by) => {
    expect(check(controlFrameInvalid, spec)).toMatchObject({ kind, severity: 'error', evidence: { by } });
  });
});

test('not raised where all are in order', () => {
  expect(check(controlFrameInvalid, { clientSide: { frames: 3 } })).toBeNull();
});

test('the message says which frame, and what is wrong with it', () => {
  expect(told(check(controlFrameInvalid, TOO_LONG))).toBe(
    'The client sent a Close (126 bytes), longer than the 125 bytes of a control frame, 12 ms after the 101 (packet 9). ' +
      'The receiver closes the connection, with code 1002 (RFC 6455 §5.5). Look at what the sender puts into it: the ' +
      'reason of a Close has room for 123 bytes of UTF-8, and a ping carries no application data.',
  );
  expect(check(controlFrameInvalid, FRAGMENTED)?.message).toBe(
    'The server sent a ping (5 bytes) without FIN, as the first of several frames, 12 ms after the 101 (packet 9).',
  );
});
