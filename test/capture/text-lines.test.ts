import { describe, expect, it } from 'vitest';
import { TextLines } from '../../src/capture/text-lines.ts';

function lines(bytes: Uint8Array, chunk = bytes.length): string[] {
  const seen: string[] = [];
  const splitter = new TextLines((line) => seen.push(line));
  for (let at = 0; at < bytes.length; at += chunk) splitter.write(bytes.subarray(at, at + chunk));
  splitter.end();
  return seen;
}

describe('text lines', () => {
  it('undoes what pasting did', () => {
    expect(lines(Buffer.from('a\r\n\tb\n> > c\n >d\n\u00a0\u00a0e\u00a0f\n\n`g`'))).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e f',
      '',
      '`g`',
    ]);
  });

  it('reads UTF-8 and UTF-16 with and without byte order mark, whatever the chunks', () => {
    const text = 'größe → 1\nx\n';
    const bigEndian = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    const files = [text, `\ufeff${text}`].map((each) => Buffer.from(each));
    for (const file of [...files, Buffer.from(`\ufeff${text}`, 'utf16le'), bigEndian]) {
      for (let chunk = 1; chunk <= file.length; chunk++) {
        expect(lines(file, chunk)).toEqual(['größe → 1', 'x']);
      }
    }
  });

  it('gives the line that no newline ends, also of a single byte', () => {
    expect(lines(Buffer.from('a\nb'))).toEqual(['a', 'b']);
    expect(lines(Buffer.from('a'))).toEqual(['a']);
    expect(lines(Buffer.from(''))).toEqual([]);
  });

  it('drops the rest of a line above 64 KiB', () => {
    const file = Buffer.from(`${'x'.repeat(200_000)}\ny\n`);
    for (const chunk of [1000, file.length]) {
      expect(lines(file, chunk).map((line) => line.length)).toEqual([65_536, 1]);
    }
  });
});
