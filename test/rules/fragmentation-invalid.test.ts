import { describe, expect, test } from 'vitest';
import { fragmentationInvalid } from '../../src/rules/fragmentation-invalid.ts';
import { check, frame, irregular, type RecordSpec, told } from '../helpers/record-builder.ts';

const CONTINUATION: RecordSpec = {
  clientSide: { frames: 3, irregularities: [irregular('continuation-without-start', [frame(0, 9, 12)])] },
};
const INSIDE: RecordSpec = {
  serverSide: { frames: 3, irregularities: [irregular('message-inside-message', [frame(2, 9, 12)])] },
};

describe('raised', () => {
  test.each<[string, RecordSpec, string]>([
    ['nothing to continue', CONTINUATION, 'nothing-to-continue'],
    ['a message inside another', INSIDE, 'message-inside-message'],
  ])('%s', (_name, spec, kind) => {
    expect(check(fragmentationInvalid, spec)).toMatchObject({ kind, severity: 'error' });
  });
});

test('not raised where frames are in order', () => {
  expect(check(fragmentationInvalid, { clientSide: { frames: 3 } })).toBeNull();
});

test('the message says what came where', () => {
  expect(told(check(fragmentationInvalid, INSIDE))).toBe(
    'The server began a new message, a binary frame (5 bytes), inside a fragmented one 12 ms after the 101 (packet 9). ' +
      'Only control frames may come between the frames of a message; the receiver closes the connection, with code ' +
      '1002 (RFC 6455 §5.4). Look for two tasks of the sender that write to one connection without a lock.',
  );
  expect(check(fragmentationInvalid, CONTINUATION)?.message).toBe(
    'The client sent a continuation frame (5 bytes) with no message to continue 12 ms after the 101 (packet 9).',
  );
});
