import { describe, expect, test } from 'vitest';
import { lengthInvalid } from '../../src/rules/length-invalid.ts';
import { check, close, frame, irregular, type RecordSpec, told } from '../helpers/record-builder.ts';

const NOT_SHORTEST: RecordSpec = {
  clientSide: { frames: 3, irregularities: [irregular('length-not-shortest', [frame(1, 9, 12)])] },
  serverSide: { lastDataFrame: frame(1, 10, 13) },
};
const TOP_BIT: RecordSpec = {
  clientSide: {
    frames: 3,
    irregularities: [
      irregular('length-too-large', [
        { ...frame(2, 9, 12, { number: 4, payloadLength: 2 ** 63 }), detail: 2 ** 63 },
      ]),
    ],
  },
  serverSide: { closeFrame: close(1009, 10, 12.5) },
};

describe('raised', () => {
  test.each<[string, RecordSpec, string, object]>([
    ['a length not in its shortest form', NOT_SHORTEST, 'not-shortest', { payloadBytes: 5 }],
    ['a length with the top bit set', TOP_BIT, 'top-bit', { payloadBytes: null, frameNumber: 4 }],
  ])('%s', (_name, spec, kind, evidence) => {
    expect(check(lengthInvalid, spec)).toMatchObject({ kind, severity: 'error', evidence });
  });
});

test('not raised where lengths are in order', () => {
  expect(check(lengthInvalid, { clientSide: { frames: 3 } })).toBeNull();
});

test('the message says what the receiver made of it', () => {
  expect(told(check(lengthInvalid, NOT_SHORTEST))).toBe(
    'The client sent a text frame (5 bytes) whose length is not in its shortest form 12 ms after the 101 (packet 9); ' +
      'the server went on sending messages (packet 10). Up to 125 bytes the length takes 7 bits, up to 65535 it takes ' +
      '16 (RFC 6455 §5.2). Some receivers let this pass, others close with 1002: look at the code of the sender that ' +
      'writes frame headers.',
  );
  expect(check(lengthInvalid, TOP_BIT)?.message).toBe(
    'The client sent the header of a binary frame whose 64-bit length has its top bit set 12 ms after the 101 (packet 9); ' +
      'the server sent Close 1009 (message too big) 0.5 ms later (packet 10).',
  );
});
