import { describe, expect, test } from 'vitest';
import { invalidUtf8 } from '../../src/rules/invalid-utf8.ts';
import { check, close, frame, irregular, type RecordSpec, told } from '../helpers/record-builder.ts';

const text = irregular('text-not-utf8', [frame(1, 9, 12)]);
const reason = irregular('close-reason-not-utf8', [frame(8, 12, 40, { number: 3 })]);
const sent = (...irregularities: (typeof text)[]): RecordSpec => ({
  serverSide: { frames: 3, irregularities },
});

describe('raised', () => {
  test.each<[string, RecordSpec, string]>([
    ['a text', sent(text), 'text'],
    ['the reason of a Close', sent(reason), 'close-reason'],
  ])('%s', (_name, spec, kind) => {
    expect(check(invalidUtf8, spec)).toMatchObject({ kind, severity: 'error', evidence: { by: 'server' } });
  });
});

test('not raised where texts are UTF-8', () => {
  expect(check(invalidUtf8, { serverSide: { frames: 3 } })).toBeNull();
});

test('the message says who sent it, and what the receiver did', () => {
  const found = check(invalidUtf8, {
    ...sent(text),
    clientSide: { closeFrame: close(1007, 10, 12.4, 'Invalid UTF-8') },
  });
  expect(told(found)).toBe(
    'The server sent a text message that is not UTF-8, 12 ms after the 101 (packet 9); the client sent Close 1007 ' +
      '(invalid payload data, "Invalid UTF-8") 0.4 ms later (packet 10). The receiver must close the connection, with ' +
      'code 1007 (RFC 6455 §8.1). Look at what the sender puts into the message: binary data sent as text, another ' +
      'character set, or a string that was cut in the middle of a character.',
  );
});

test('text and reason are one finding', () => {
  expect(check(invalidUtf8, sent(text, reason))?.message).toBe(
    'The server sent a text message that is not UTF-8, 12 ms after the 101 (packet 9), and 1 in a Close.',
  );
});
