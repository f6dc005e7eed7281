import { describe, expect, test } from 'vitest';
import {
  endText,
  entryText,
  startText,
  type ConversationTextOptions,
} from '../../src/report/conversation-text.ts';
import { createTheme } from '../../src/report/theme.ts';
import { END, entryOf, START } from './sample-conversation.ts';

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
  test('says who, and where the 101 is', () => {
    expect(startText(START, OPTIONS)).toBe(
      'Connection 3  192.0.2.1:50000 → 2001:db8::2:80  101 in packet 6, 2026-01-01T00:00:00.000000000Z\n',
    );
  });

  test('says that the handshake is not in the capture', () => {
    expect(startText({ ...START, inferred: true }, OPTIONS)).toContain(
      'first frame in packet 6, its handshake is not in the capture',
    );
  });
});

describe('a message', () => {
  test('that is short stands behind its heading', () => {
    expect(show(entryOf('hello'))).toBe('   +0.012346  #8      client →  text        5 B  hello\n');
    expect(show(entryOf('hello', { from: 'server' }))).toContain('← server');
  });

  test('may have the time of capture', () => {
    expect(show(entryOf('x'), { absolute: true })).toMatch(/^2026-01-01T00:00:00\.012345678Z {2}#8 /);
  });

  test('before the 101 has a negative time', () => {
    expect(show(entryOf('x', { offsetMs: -1.5 }))).toMatch(/^ +-0\.001500 /);
  });

  test('that does not fit the terminal stands below', () => {
    expect(show(entryOf('hello'), { columns: 50 }).split('\n')).toEqual([
      '   +0.012346  #8      client →  text        5 B',
      '    hello',
      '',
    ]);
  });

  test('of several lines stands below, line by line', () => {
    expect(show(entryOf('one\r\ntwo\nthree')).split('\n').slice(1)).toEqual([
      '    one',
      '    two',
      '    three',
      '',
    ]);
  });

  test('says of how many frames it is, and what was on the wire', () => {
    const text = show(entryOf('hello', { frames: 3, compressed: true, wireBytes: 4 }));
    expect(text).toContain('(3 frames, deflate, 4 B on the wire)  hello');
  });

  test('that is empty has no content', () => {
    expect(show(entryOf(''))).toBe('   +0.012346  #8      client →  text        0 B\n');
  });

  test('that was cut says how much is left, and ends between characters', () => {
    const lines = show(entryOf('abc\xe2\x82', { bytes: 2005 })).split('\n');
    expect(lines.slice(1)).toEqual(['    abc', '    … 2.0 kB more (--max-bytes)', '']);
  });

  test('in binary is dumped', () => {
    expect(show(entryOf('\0\x01ab', { type: 'binary' })).split('\n')[1]).toMatch(
      /^ {4}0000 {2}00 01 61 62 .*\|\.\.ab\|$/,
    );
  });

  test('of text is dumped where it is asked for, or no UTF-8', () => {
    expect(show(entryOf('ab'), { hex: true })).toContain('|ab|');
    const broken = show(entryOf('a\xff', { problem: 'is no UTF-8' })).split('\n');
    expect(broken[1]).toContain('|a.|');
    expect(broken[2]).toBe('    (is no UTF-8)');
  });

  test('that can not be known says why', () => {
    const entry = entryOf('', { payload: null, bytes: null, problem: 'does not inflate' });
    expect(show(entry)).toBe('   +0.012346  #8      client →  text          ?  (does not inflate)\n');
  });

  test('of JSON is indented where it is asked for, unless it was cut', () => {
    expect(show(entryOf('{"a":1}'), { pretty: true }).split('\n').slice(1)).toEqual([
      '    {',
      '      "a": 1',
      '    }',
      '',
    ]);
    expect(show(entryOf('{"a":1}', { bytes: 100 }), { pretty: true })).toContain('    {"a":1}\n');
    expect(show(entryOf('no JSON'), { pretty: true })).toContain('no JSON');
  });
});

describe('control frames', () => {
  test.each([
    ['a ping with text', entryOf('17', { type: 'ping' }), '17'],
    ['a pong with bytes', entryOf('\0\xff', { type: 'pong' }), '0x00ff'],
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

  test('a ping without payload has no content', () => {
    expect(show(entryOf('', { type: 'ping' }))).toMatch(/0 B\n$/);
  });
});

test('nothing from the wire reaches the terminal as it is', () => {
  const hostile = '\x1b[2J\x07\xc2\x9b\xe2\x80\xae\xe2\x80\xa8\rx\t';
  for (const entry of [
    entryOf(hostile),
    entryOf(hostile, { type: 'ping' }),
    entryOf(hostile, { type: 'binary' }),
    entryOf('', { type: 'close', code: 1000, reason: hostile }),
  ]) {
    expect(show(entry)).toMatch(/^[\x20-\x7e→←\n]*$/);
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
    expect(endText(END, OPTIONS)).toBe('server FIN +1.234568 s, packet 12  3 messages\n');
    expect(endText({ ...END, entries: 1, how: 'rst' }, OPTIONS)).toMatch(/^server RST .* {2}1 message\n$/);
  });

  test('says that it was still open, and only once', () => {
    const notes = [
      { code: 'capture-ended', message: 'the connection was still open' },
      { code: 'gap', message: '5 bytes\u001b' },
    ];
    expect(
      endText({ ...END, entries: 0, endedBy: null, how: null, packet: null, offsetMs: null, notes }, OPTIONS),
    ).toBe('still open when the capture ended  no message\nnote: 5 bytes\\x1b\n');
  });
});
