import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/report/display-width.ts';
import { escapeText } from '../../src/report/escape.ts';
import { breakText, cutAtWord, cutMiddle, cutTarget, wrapText } from '../../src/report/fit-text.ts';
import { processorMs } from '../helpers/processor-time.ts';

const escapedText = fc.string({ unit: 'grapheme' }).map(escapeText);

describe('cutMiddle', () => {
  it('keeps the beginning and the end', () => {
    expect(cutMiddle('localhost:8080/chat?room=1', 15)).toBe('localho…?room=1');
  });

  it('leaves text that fits', () => {
    expect(cutMiddle('exact', 5)).toBe('exact');
  });

  it('counts wide characters as two cells and never splits one', () => {
    expect(cutMiddle('例え例え例え', 8)).toBe('例え…え');
  });

  it('never splits a letter from its accent, an emoji from its skin tone, or one of our escapes', () => {
    expect(cutMiddle('ae\u0301xxxxxxx', 4)).toBe('ae\u0301…x');
    expect(cutMiddle('👍🏽👍🏽👍🏽👍🏽', 5)).toBe('👍🏽…👍🏽');
    expect(cutMiddle(escapeText('\u202e\u202e\u202e\u202e'), 18)).toBe('\\u{202e}…\\u{202e}');
  });

  it('never exceeds the width', () => {
    fc.assert(
      fc.property(escapedText, fc.integer({ min: 1, max: 30 }), (text, width) => {
        expect(displayWidth(cutMiddle(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

const segmenter = new Intl.Segmenter();

describe('wrapText', () => {
  it('breaks at spaces', () => {
    expect(wrapText('the server sent FIN', 10)).toEqual(['the server', 'sent FIN']);
  });

  it('breaks a word that is longer than the line', () => {
    expect(wrapText('a abcdefgh', 4)).toEqual(['a', 'abcd', 'efgh']);
  });

  it('takes no other white space from the text than the spaces at which it breaks', () => {
    expect(wrapText('ab\u2003 cd', 3)).toEqual(['ab\u2003', 'cd']);
  });

  it('breaks text without spaces between characters', () => {
    expect(wrapText('例え例え', 5)).toEqual(['例え', '例え']);
  });

  it('loses nothing but spaces and never exceeds the width', () => {
    fc.assert(
      fc.property(escapedText, fc.integer({ min: 2, max: 30 }), (text, width) => {
        const lines = wrapText(text, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        // One character that is wider than the line stands alone rather than being lost.
        const isOneCharacter = (line: string) => [...segmenter.segment(line)].length === 1;
        for (const line of lines.filter((each) => !each.startsWith('\\') && !isOneCharacter(each))) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});

describe('breakText', () => {
  it('breaks where the line is full, and loses nothing', () => {
    expect(breakText('ab cd  efg ', 4)).toEqual(['ab c', 'd  e', 'fg ']);
    expect(breakText('abcd', 4)).toEqual(['abcd']);
    expect(breakText('', 4)).toEqual(['']);
  });

  it('counts cells, and splits neither characters nor escapes', () => {
    expect(breakText('漢字漢', 5)).toEqual(['漢字', '漢']);
    expect(breakText(String.raw`a\x1b\u{202e}b`, 6)).toEqual([String.raw`a\x1b`, String.raw`\u{202e}`, 'b']);
    expect(breakText('e\u0301e\u0301', 1)).toEqual(['e\u0301', 'e\u0301']);
  });

  it('takes time that grows only with the text', () => {
    const start = processorMs();
    expect(breakText('\\x'.repeat(500_000), 80).length).toBeGreaterThan(10_000);
    expect(processorMs() - start).toBeLessThan(5000);
  });
});

describe('cutTarget', () => {
  const target = 'ws.example/socket.io/?EIO=4&transport=websocket&sid=lv_VI97HAXpY6yYWAAAC';
  it.each([
    [80, target],
    [60, 'ws.example/socket.io/?EIO=4&transport=websocket&sid=…'],
    [24, 'ws.example/socket.io/?…'],
    [18, '…/socket.io/?…'],
    [10, '…/sock….…'],
  ])('shortens what is random first, and keeps the path: %i', (width, expected) => {
    const cut = cutTarget(target, width);
    if (width > 10) expect(cut).toBe(expected);
    expect(cut.length).toBeLessThanOrEqual(width);
  });

  it('shortens random parts of a path', () => {
    expect(cutTarget('a.example/room/550e8400-e29b-41d4-a716-446655440000/chat', 30)).toBe(
      'a.example/room/…/chat',
    );
  });
});

describe('cutAtWord', () => {
  it('keeps whole words, and both ends of a single one', () => {
    expect(cutAtWord('redis connection lost', 40)).toBe('redis connection lost');
    expect(cutAtWord('redis connection lost', 18)).toBe('redis connection…');
    expect(cutAtWord('a'.repeat(30), 11)).toBe('aaaaa…aaaaa');
  });
});
