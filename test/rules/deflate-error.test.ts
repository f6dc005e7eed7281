import { describe, expect, test } from 'vitest';
import { deflateError } from '../../src/rules/deflate-error.ts';
import { check, frame, irregular, type RecordSpec, told } from '../helpers/record-builder.ts';

const agreed = (noContextTakeover: boolean) => ({
  extensions: {
    deflate: {
      client: { noContextTakeover: false, windowBits: 15 },
      server: { noContextTakeover, windowBits: 12 },
    },
    names: ['permessage-deflate'],
  },
});
const TOO_FAR = 'invalid distance too far back';
const failed = (error: string, noContextTakeover = false): RecordSpec => ({
  upgrade: agreed(noContextTakeover),
  serverSide: {
    frames: 5,
    irregularities: [
      irregular('inflate-failed', [{ ...frame(1, 9, 12, { reservedBits: 4 }), detail: error }]),
    ],
  },
});
const TOO_LONG: RecordSpec = {
  upgrade: agreed(true),
  clientSide: {
    frames: 5,
    irregularities: [
      irregular('inflate-too-long', [
        { ...frame(2, 9, 12, { reservedBits: 4 }), detail: 64 * 1024 * 1024 + 16_384 },
      ]),
    ],
  },
};

describe('raised', () => {
  test.each<[string, RecordSpec, object]>([
    [
      'a message that does not inflate',
      failed(TOO_FAR),
      { kind: 'failed', severity: 'error', evidence: { by: 'server', windowBits: 12 } },
    ],
    [
      'a message that inflates past the bound',
      TOO_LONG,
      { kind: 'too-long', severity: 'info', evidence: { by: 'client', noContextTakeover: false } },
    ],
  ])('%s', (_name, spec, expected) => {
    expect(check(deflateError, spec)).toMatchObject(expected);
  });
});

test.each<[string, RecordSpec]>([
  ['all inflate', { serverSide: { frames: 3, compressedMessages: 3 } }],
  [
    'what came before a message is missing',
    { serverSide: { frames: 3, notInflated: { messages: 2, reason: 'gap', firstPacket: 9 } } },
  ],
])('not raised: %s', (_name, spec) => {
  expect(check(deflateError, spec)).toBeNull();
});

test("the message has zlib's words and what was agreed on", () => {
  expect(told(check(deflateError, failed(TOO_FAR)))).toBe(
    'The server sent a compressed message that does not inflate (invalid distance too far back) under ' +
      'permessage-deflate (context takeover, window of 12 bits), 12 ms after the 101 (packet 9). The message refers to ' +
      'bytes that no message before it had, or that the window no longer holds. Look at the window that the sender ' +
      'really uses, at messages that were dropped on the way, and at relays that mix connections.',
  );
});

test('what to look at follows from the error and from what was agreed on', () => {
  const anew = check(deflateError, failed(TOO_FAR, true));
  expect(anew?.message).toContain('(server_no_context_takeover, window of 12 bits)');
  expect(anew?.advice).toContain('which server_no_context_takeover forbids');
  expect(check(deflateError, failed('invalid block type'))?.advice).toContain(
    'RSV1 on a message that is not',
  );
});

test('the bound is ours, and the message says so', () => {
  expect(told(check(deflateError, TOO_LONG))).toContain(
    'inflates to more than 64 MiB (wscap stops there), 12 ms after the 101 (packet 9). That is not a fault in itself.',
  );
});
