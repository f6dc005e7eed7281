import { describe, expect, test } from 'vitest';
import {
  conversationHead,
  conversationTail,
  entryItem,
  entryLine,
} from '../../src/report/conversation-json.ts';
import type { ConversationEntry } from '../../src/report/conversation.ts';
import { END, entryOf, START } from './sample-conversation.ts';

const lineOf = (entry: ConversationEntry) => JSON.parse(entryLine(entry)) as Record<string, unknown>;

test('a text is a string, with all that is known of it', () => {
  expect(lineOf(entryOf('caf\xc3\xa9', { frames: 2, compressed: true, wireBytes: 9 }))).toEqual({
    number: 1,
    from: 'client',
    type: 'text',
    firstPacket: 7,
    packet: 8,
    at: '2026-01-01T00:00:00.012345678Z',
    offsetMs: 12.345678,
    frames: 2,
    compressed: true,
    wireBytes: 9,
    bytes: 5,
    text: 'café',
  });
});

describe('the content', () => {
  test.each<[string, ConversationEntry, object]>([
    ['of a binary message', entryOf('\0\xff', { type: 'binary' }), { base64: 'AP8=' }],
    ['of a ping', entryOf('x', { type: 'ping' }), { base64: 'eA==' }],
    ['of an empty text', entryOf(''), { text: '' }],
    [
      'of a text that is not UTF-8',
      entryOf('\xff', { problem: 'is not UTF-8' }),
      { base64: '/w==', problem: 'is not UTF-8' },
    ],
    ['of a text with a byte order mark', entryOf('\xef\xbb\xbfa'), { text: '\ufeffa' }],
    ['that was cut', entryOf('abc', { bytes: 10 }), { text: 'abc', cut: true }],
    ['that was cut inside a character', entryOf('abc\xe2\x82', { bytes: 10 }), { text: 'abc', cut: true }],
    ['that was cut, in base64', entryOf('abc', { type: 'binary', bytes: 10 }), { base64: 'YWJj', cut: true }],
  ])('%s', (_name, entry, expected) => {
    const { text, base64, cut, problem } = lineOf(entry);
    expect(JSON.parse(JSON.stringify({ text, base64, cut, problem }))).toEqual(expected);
  });

  test('is not there where it is not known, and a Close has a code and a reason instead', () => {
    const unknown = lineOf(entryOf('', { payload: null, bytes: null, problem: 'does not inflate' }));
    expect(unknown).toMatchObject({ bytes: null, problem: 'does not inflate' });
    expect(Object.keys(unknown)).not.toContain('text');
    const close = lineOf(entryOf('\x03\xe8bye', { type: 'close', code: 1000, reason: 'bye' }));
    expect(close).toMatchObject({ code: 1000, reason: 'bye' });
    expect(Object.keys(close)).not.toContain('base64');
    expect(lineOf(entryOf('', { type: 'close' }))).toMatchObject({ code: null, reason: null });
  });
});

test('a line is one line, whatever the text holds', () => {
  const line = entryLine(entryOf('a\nb\r\n\x1b[2J\xe2\x80\xa8\xe2\x80\xae'));
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(line).toMatch(/^[\x20-\x7e]*\n$/);
  expect((JSON.parse(line) as { text: string }).text).toBe('a\nb\r\n\u001b[2J\u2028\u202e');
});

describe('as one object', () => {
  const whole = (entries: readonly ConversationEntry[], end: typeof END | null) =>
    conversationHead(START) +
    entries.map((entry, index) => entryItem(entry, index === 0)).join('') +
    conversationTail(end);

  test.each([0, 1, 3])('%d messages', (count) => {
    const entries = Array.from({ length: count }, (_, i) => entryOf(`text ${i}\n`, { number: i + 1 }));
    const text = whole(entries, END);
    const parsed = JSON.parse(text) as { messages: object[] };
    expect(parsed).toMatchObject({ schema: 'wscap/follow@1', ...START, end: END });
    expect(parsed.messages).toEqual(entries.map((entry) => lineOf(entry)));
    if (count > 0) expect(text).toBe(`${JSON.stringify(parsed, null, 2)}\n`);
  });

  test('the end is null where the rest was not read', () => {
    expect(JSON.parse(whole([entryOf('a')], null))).toMatchObject({ end: null });
  });

  test('nothing that a terminal would obey stands in it', () => {
    const text = whole([entryOf('\x1b[2J\xc2\x9b')], { ...END, notes: [{ code: 'gap', message: '\u202e' }] });
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  });
});
