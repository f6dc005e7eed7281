import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WindowHistory } from '../../src/websocket/window-history.ts';

const WINDOW_BITS = 8;
const SIZE = 256;

/** This many bytes, no two neighbours of which are equal. */
const counting = (from: number, length: number) => Uint8Array.from({ length }, (_, i) => (from + i) % 251);

test('is empty before anything came, and after it was cleared', () => {
  const history = new WindowHistory(WINDOW_BITS);
  expect(history.toBytes()).toHaveLength(0);
  history.append(counting(0, 1000), 1000);
  history.clear();
  expect(history.toBytes()).toHaveLength(0);
  history.append(counting(7, 3), 3);
  expect([...history.toBytes()]).toEqual([7, 8, 9]);
});

test('takes no more of a buffer than it is told to', () => {
  const history = new WindowHistory(WINDOW_BITS);
  history.append(counting(0, 100), 2);
  expect([...history.toBytes()]).toEqual([0, 1]);
});

test('what it gives is a copy', () => {
  const history = new WindowHistory(WINDOW_BITS);
  history.append(counting(0, 4), 4);
  const bytes = history.toBytes();
  history.append(counting(100, SIZE), SIZE);
  expect([...bytes]).toEqual([0, 1, 2, 3]);
});

test.each([8, 9, 15])('a window of %d bits is as large as RFC 7692 says', (bits) => {
  const history = new WindowHistory(bits);
  history.append(counting(0, 100_000), 100_000);
  expect(history.toBytes()).toHaveLength(2 ** bits);
});

test('is the end of all that came, in whatever pieces', () => {
  const piece = fc.oneof(fc.nat(40), fc.constantFrom(0, SIZE - 1, SIZE, SIZE + 1, 2 * SIZE, 3 * SIZE + 5));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (lengths) => {
      const history = new WindowHistory(WINDOW_BITS);
      let all: number[] = [];
      for (const length of lengths) {
        const bytes = counting(all.length, length);
        history.append(bytes, length);
        all = [...all, ...bytes];
        expect([...history.toBytes()]).toEqual(all.slice(-SIZE));
      }
    }),
    { numRuns: 300 },
  );
});
