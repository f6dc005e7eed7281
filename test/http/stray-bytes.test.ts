import { expect, test } from 'vitest';
import { StrayBytes } from '../../src/http/stray-bytes.ts';

function search(text: string, size: number): { before: number; line: string | null; rest: string } {
  const bytes = Buffer.from(text, 'latin1');
  const stray = new StrayBytes(1, 0, 0);
  let at = 0;
  while (at < bytes.length && stray.statusLine === null) {
    at = stray.push(bytes, at, Math.min(bytes.length, at + size));
  }
  const line = stray.statusLine === null ? null : Buffer.from(stray.statusLine).toString('latin1');
  return { before: stray.length, line, rest: text.slice(at) };
}

test.each<[string, number, string | null]>([
  ['HTTP/1.1 101 Switching', 0, 'HTTP/1.1 101 '],
  ['\x81\x02hiHTTP/1.0 200\r\n', 4, 'HTTP/1.0 200\r'],
  ['HTTP/1.HTTP/1.1 HTTP/1.1 1HHTTP/1.1 101\n', 27, 'HTTP/1.1 101\n'],
  ['HTTP/2 101 HTTP/1.1 1012 HTTP/1.x 101 ', 38, null],
  ['text HTTP/1.', 5, null],
])('%j', (text, before, line) => {
  const rest = line === null ? '' : text.slice(before + line.length);
  for (const size of [1, 2, 7, 100]) expect(search(text, size)).toEqual({ before, line, rest });
});

test('more than 64 KiB are too many', () => {
  const stray = new StrayBytes(1, 0, 0);
  stray.push(new Uint8Array(64 * 1024), 0, 64 * 1024);
  expect(stray.isTooLong).toBe(false);
  stray.push(new Uint8Array(1), 0, 1);
  expect(stray.isTooLong).toBe(true);
});
