import { describe, expect, test } from 'vitest';
import {
  endText,
  entryText,
  startText,
  stoppedText,
  type ConversationTextOptions,
} from '../../../src/report/terminal/conversation-text.ts';
import { createTheme } from '../../../src/report/terminal/theme.ts';
import { END, entryOf, START } from '../sample-conversation.ts';

const OPTIONS: ConversationTextOptions = {
  theme: createTheme({ color: false, ascii: false }),
  columns: undefined,
  absolute: false,
  hex: false,
  pretty: false,
};
const show = (entry: ReturnType<typeof entryOf>, changes: Partial<ConversationTextOptions> = {}) =>
  entryText(entry, { ...OPTIONS, ...changes });

describe('the start', () => {
  test('says who, where the 101 is, and what the columns hold', () => {
    expect(startText(START, OPTIONS).split('\n')).toEqual([
      'Connection 3  192.0.2.1:50000 → 2001:db8::2:80',
      '101 in packet 6, 2026-01-01 00:00:00.000000 UTC',
      '',
      '   seconds  packet  from      type    bytes   on wire',
      '',
    ]);
    expect(startText(START, { ...OPTIONS, absolute: true })).toMatch(/^time, UTC {20}packet/m);
  });

  test('does not make up a date for what was printed without one', () => {
    const openedAt = '1970-01-01T10:22:58.060810000Z';
    expect(startText({ ...START, openedAt }, OPTIONS)).toContain(
      '101 in packet 6, 10:22:58.060810 of an unknown day\n',
    );
  });

  test('says that the handshake is not in the capture', () => {
    expect(startText({ ...START, inferred: true }, OPTIONS)).toContain(
      'first frame (the handshake is not in the capture) in packet 6, ',
    );
  });
});

describe('a message', () => {
  test('that is short stands behind its columns', () => {
    expect(show(entryOf('hello'))).toBe('  0.012346       8  client →  text        5            hello\n');
    expect(show(entryOf('hello', { from: 'server' }))).toContain('← server');
  });

  test('may have the time of capture', () => {
    expect(show(entryOf('x'), { absolute: true })).toMatch(/^2026-01-01T00:00:00\.012345Z +8 {2}client/);
  });

  test('before the 101 has a negative time', () => {
    expect(show(entryOf('x', { offsetMs: -1.5 }))).toMatch(/^ +-0\.001500 /);
  });

  test('that does not fit the terminal stands below, and is broken where that ends', () => {
    const text = 'a'.repeat(30);
    expect(show(entryOf(text), { columns: 80 }).split('\n')).toEqual([
      '  0.012346       8  client →  text       30',
      `    │ ${text}`,
      '',
    ]);
    expect(show(entryOf(text), { columns: 30 }).split('\n').slice(1)).toEqual([
      `    │ ${'a'.repeat(24)}`,
      '    ┊ aaaaaa',
      '',
    ]);
  });

  test('of several lines stands below, line by line', () => {
    expect(show(entryOf('one\r\ntwo\nthree')).split('\n').slice(1)).toEqual([
      '    │ one',
      '    │ two',
      '    │ three',
      '',
    ]);
  });

  test('that ends with a line break has no empty line for it', () => {
    expect(show(entryOf('one\n'))).toMatch(/ {2}one\\n\n$/);
  });

  test('says of how many frames it is, and what was on the wire', () => {
    const text = show(entryOf('hello', { frames: 3, compressed: true, wireBytes: 4 }));
    expect(text).toMatch(/ 5 {2}4 in 3 frames {2}hello\n$/);
  });

  test('that is empty has no content', () => {
    expect(show(entryOf(''))).toBe('  0.012346       8  client →  text        0\n');
  });

  test('that was cut says how much is left, and ends between characters', () => {
    const lines = show(entryOf('abc\xe2\x82', { bytes: 2005 })).split('\n');
    expect(lines.slice(1)).toEqual(['    │ abc', '    … 2,000 of 2,005 bytes not shown (--max-bytes)', '']);
  });

  test('is shown up to what was asked for, as text and as a dump', () => {
    const text = show(entryOf('abcdef'), { textBytes: 4 });
    expect(text).toContain('    │ abcd\n    … 2 of 6 bytes not shown');
    const dump = show(entryOf('abcdef', { type: 'binary' }), { textBytes: 4, hexdumpBytes: 2 });
    expect(dump).toContain('|ab|\n    … 4 of 6 bytes not shown');
  });

  test('in binary is dumped', () => {
    expect(show(entryOf('\0\x01ab', { type: 'binary' })).split('\n')[1]).toMatch(
      /^ {4}│ 0000 {2}00 01 61 62 .*\|\.\.ab\|$/,
    );
  });

  test('of text is dumped where it is asked for, or is not UTF-8', () => {
    expect(show(entryOf('ab'), { hex: true })).toContain('|ab|');
    const broken = show(entryOf('a\xff', { problem: 'is not UTF-8' })).split('\n');
    expect(broken[1]).toContain('|a.|');
    expect(broken[2]).toBe('    ! is not UTF-8');
  });

  test('that can not be known says why', () => {
    const entry = entryOf('', { payload: null, bytes: null, wireBytes: 9, problem: 'does not inflate' });
    expect(show(entry)).toMatch(/ text {8}\? {9}9 {2}! does not inflate\n$/);
  });

  test('of JSON is indented where it is asked for, unless it was cut', () => {
    expect(show(entryOf('{"a":1}'), { pretty: true }).split('\n').slice(1)).toEqual([
      '    │ {',
      '    │   "a": 1',
      '    │ }',
      '',
    ]);
    expect(show(entryOf('{"a":1}', { bytes: 100 }), { pretty: true })).toContain('    │ {"a":1}\n');
    expect(show(entryOf('no JSON'), { pretty: true })).toContain('no JSON');
  });
});

describe('control frames', () => {
  test.each([
    ['a ping with text', entryOf('17', { type: 'ping' }), '17'],
    ['a pong with bytes', entryOf('\0\xff', { type: 'pong' }), '0x00ff'],
    ['a ping longer than it may be', entryOf('abc', { type: 'ping', bytes: 126 }), 'abc…'],
    ['a Close', entryOf('\x03\xe8', { type: 'close', code: 1000, reason: '' }), '1000'],
    [
      'a Close with a reason',
      entryOf('', { type: 'close', code: 4000, reason: 'bye\u001b' }),
      String.raw`4000 bye\x1b`,
    ],
    ['a Close without a code', entryOf('', { type: 'close' }), 'no code'],
  ])('%s', (_name, entry, expected) => {
    expect(show(entry).trimEnd().endsWith(`  ${expected}`)).toBe(true);
  });

  test('a Close of which bytes are missing is not said to have no code', () => {
    const entry = entryOf('', { type: 'close', payload: null, problem: 'bytes of it are missing' });
    expect(show(entry)).toMatch(/ close {7}0 {12}! bytes of it are missing\n$/);
  });

  test('a ping without payload has no content', () => {
    expect(show(entryOf('', { type: 'ping' }))).toMatch(/ 0\n$/);
  });
});

test('nothing from the wire reaches the terminal as it is', () => {
  const hostile = '\x1b[2J\x07\xc2\x9b\xe2\x80\xae\xe2\x80\xa8\rx\t';
  for (const entry of [
    entryOf(hostile),
    entryOf(hostile, { type: 'ping' }),
    entryOf(hostile, { type: 'binary' }),
    entryOf('', { type: 'close', code: 1000, reason: '\u001b[2J\u0007\u009b\u202e\u2028\r\t' }),
  ]) {
    expect(show(entry)).toMatch(/^[\x20-\x7e→←│┊\n]*$/);
  }
});

test('without UTF-8 everything is ASCII', () => {
  const theme = createTheme({ color: false, ascii: true });
  const text =
    startText(START, { ...OPTIONS, theme }) +
    show(entryOf('caf\xc3\xa9', { bytes: 90 }), { theme }) +
    endText(END, { ...OPTIONS, theme });
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
});

test('in colour only a Close, pings and pongs are painted', () => {
  const theme = createTheme({ color: true, ascii: false });
  expect(show(entryOf('x'), { theme })).not.toContain('\u001b');
  expect(show(entryOf('x', { type: 'ping' }), { theme })).toContain('\u001b[2m');
  expect(show(entryOf('', { type: 'close', code: 1000 }), { theme })).toContain('\u001b[1m');
});

describe('the end', () => {
  test('says who ended it, how and when', () => {
    expect(endText(END, OPTIONS)).toBe(
      '\nServer FIN 1.234568 s after the 101, packet 12  2 messages, 1 control frame\n',
    );
    const before = { ...END, endedBy: 'client' as const, how: 'rst' as const, offsetMs: -1, messages: 3 };
    expect(endText(before, OPTIONS, { inferred: true, shown: 1 })).toBe(
      '\nClient RST 0.001000 s before the first frame, packet 12  3 messages, 1 of them shown\n',
    );
  });

  test('says that it was still open, and only once', () => {
    const open = { ...END, entries: 0, messages: 0, endedBy: null, how: null, packet: null, offsetMs: null };
    const notes = [
      { code: 'capture-ended', message: 'the connection was still open' },
      { code: 'gap', message: '5 bytes\u001b' },
    ];
    expect(endText({ ...open, notes }, OPTIONS)).toBe(
      '\nStill open when the capture ended  0 messages\n· 5 bytes\\x1b\n',
    );
  });

  test('has its notes aligned behind their mark, in colour too', () => {
    const notes = [{ code: 'gap', message: 'one two three four five' }];
    const lines = (color: boolean) =>
      endText({ ...END, notes }, { ...OPTIONS, theme: createTheme({ color, ascii: false }), columns: 16 })
        .split('\n')
        .slice(2);
    expect(lines(false)).toEqual(['· one two three', '  four five', '']);
    expect(lines(true).map((line) => line.replaceAll(/\x1b\[\d+m/g, ''))).toEqual(lines(false));
    for (const line of lines(true).slice(0, 2)) expect(line).toMatch(/\x1b\[2m(one|four)/);
  });

  test('is not there where it was stopped before', () => {
    expect(stoppedText(1000, OPTIONS)).toBe('… stopped after 1,000 (--limit)\n');
  });
});
