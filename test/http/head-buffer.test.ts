import { HttpBudget } from '../../src/http/http-budget.ts';
import { describe, expect, test } from 'vitest';
import { findHeadEnd, HeadBuffer } from '../../src/http/head-buffer.ts';

const MAX_HEAD_BYTES = 64 * 1024;

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

function fill(text: string, size: number): HeadBuffer {
  const buffer = new HeadBuffer(new HttpBudget());
  const bytes = bytesOf(text);
  for (let at = 0; at < bytes.length;) at = buffer.appendLine(bytes, at, Math.min(bytes.length, at + size));
  return buffer;
}

describe('HeadBuffer', () => {
  test.each([1, 2, 3, 7, 1000])(
    'is complete at the empty line and not before, in pieces of %d bytes',
    (size) => {
      const text = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
      expect(fill(text.slice(0, -1), size).isComplete).toBe(false);
      const buffer = fill(text, size);
      expect(buffer.isComplete).toBe(true);
      expect(buffer.lineCount).toBe(3);
      expect(buffer.takeText()).toBe(text);
      expect([buffer.length, buffer.lineCount, buffer.isComplete]).toEqual([0, 0, false]);
    },
  );

  test.each(['a\n\n', 'a\r\n\n', 'a\n\r\n'])('takes bare LF too: %j', (text) => {
    expect(fill(text, 1).isComplete).toBe(true);
  });

  test('a lone CR is not an empty line', () => {
    expect(fill('a\r\n\r', 1).isComplete).toBe(false);
    expect(fill('a\r\n\rb\r\n', 1).isComplete).toBe(false);
  });

  test('takes one line at a time', () => {
    const bytes = bytesOf('a\r\nb\r\n');
    expect(new HeadBuffer(new HttpBudget()).appendLine(bytes, 0, bytes.length)).toBe(3);
  });

  test('is full one byte beyond 64 KiB', () => {
    expect(fill('a'.repeat(MAX_HEAD_BYTES), 5000).isFull).toBe(false);
    expect(fill('a'.repeat(MAX_HEAD_BYTES + 1), 5000).isFull).toBe(true);
  });
});

describe('findHeadEnd', () => {
  test.each([
    ['GET / HTTP/1.1\r\nA: b\r\n\r\nrest', 24],
    ['a\n\nrest', 3],
    ['a\n\r\n', 4],
    ['a\r\nb\r\n', -1],
    ['a\r\n\r', -1],
    ['', -1],
  ])('%j ends at %d', (text, end) => {
    expect(findHeadEnd(bytesOf(text), 0, text.length)).toBe(end);
    expect(findHeadEnd(bytesOf(`\n\n${text}\n\n\n`), 2, 2 + text.length)).toBe(end < 0 ? -1 : end + 2);
  });

  test('does not look beyond 64 KiB', () => {
    const exact = bytesOf(`${'a'.repeat(MAX_HEAD_BYTES - 2)}\n\n`);
    expect(findHeadEnd(exact, 0, exact.length)).toBe(MAX_HEAD_BYTES);
    const longer = bytesOf(`${'a'.repeat(MAX_HEAD_BYTES - 1)}\n\n`);
    expect(findHeadEnd(longer, 0, longer.length)).toBe(-1);
  });
});
