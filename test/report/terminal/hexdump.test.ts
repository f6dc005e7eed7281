import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hexdump } from '../../../src/report/terminal/hexdump.ts';

const lines = (bytes: Uint8Array) => [...hexdump(bytes)];

test('nothing has no line', () => {
  expect(lines(new Uint8Array(0))).toEqual([]);
});

test('sixteen bytes a line, and what of them is printable', () => {
  const bytes = Uint8Array.from(Buffer.from('Hello, W\0rld!\n\x7f~ \xffab', 'latin1'));
  expect(lines(bytes)).toEqual([
    '0000  48 65 6c 6c 6f 2c 20 57  00 72 6c 64 21 0a 7f 7e |Hello, W.rld!..~|',
    '0010  20 ff 61 62                                      | .ab|',
  ]);
});

test('offsets go on beyond four digits', () => {
  expect(lines(new Uint8Array(65_552)).at(-1)).toMatch(/^10000 {2}00 /);
});

test('all bytes can be read back, and no line holds anything but ASCII', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = lines(bytes);
      expect(text.every((line) => /^[\x20-\x7e]*$/.test(line))).toBe(true);
      expect(new Set(text.map((line) => line.indexOf('|'))).size).toBe(bytes.length === 0 ? 0 : 1);
      const digits = text.map((line) => line.slice(6, line.indexOf('|')).replaceAll(' ', '')).join('');
      expect(digits).toBe(Buffer.from(bytes).toString('hex'));
    }),
  );
});
