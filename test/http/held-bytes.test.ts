import { HttpBudget } from '../../src/http/http-budget.ts';
import { expect, test } from 'vitest';
import { HeldBytes } from '../../src/http/held-bytes.ts';

const KIB = 1024;

test('pieces come back in order, with packet and time, and only once', () => {
  const held = new HeldBytes(new HttpBudget());
  held.add(Uint8Array.of(1, 2, 3, 4), 1, 3, 7, 100, 5);
  held.addGap(10, 8, 101, 6);
  expect(held.take()).toEqual([
    { bytes: Uint8Array.of(2, 3), gap: null, packet: 7, seconds: 100, nanoseconds: 5 },
    { bytes: new Uint8Array(0), gap: 10, packet: 8, seconds: 101, nanoseconds: 6 },
  ]);
  expect(held.take()).toEqual([]);
});

test('what is held is a copy', () => {
  const held = new HeldBytes(new HttpBudget());
  const bytes = Uint8Array.of(1, 2);
  held.add(bytes, 0, 2, 1, 0, 0);
  bytes.fill(9);
  expect([...held.take()[0]!.bytes]).toEqual([1, 2]);
});

test('gaps in a row are one', () => {
  const held = new HeldBytes(new HttpBudget());
  held.addGap(10, 1, 0, 0);
  held.addGap(5, 2, 0, 0);
  expect(held.take()).toMatchObject([{ gap: 15, packet: 1 }]);
});

test('what goes beyond 256 KiB becomes a gap of the same length', () => {
  const held = new HeldBytes(new HttpBudget());
  held.add(new Uint8Array(256 * KIB), 0, 256 * KIB, 1, 0, 0);
  held.add(new Uint8Array(KIB), 0, KIB, 2, 0, 0);
  held.add(new Uint8Array(KIB), 0, KIB, 3, 0, 0);
  expect(held.take().map(({ bytes, gap }) => [bytes.length, gap])).toEqual([
    [256 * KIB, null],
    [0, 2 * KIB],
  ]);
  held.add(Uint8Array.of(1), 0, 1, 4, 0, 0);
  expect(held.take()).toHaveLength(1);
});

test('the 4097th piece becomes a gap too', () => {
  const held = new HeldBytes(new HttpBudget());
  for (let packet = 1; packet <= 5000; packet++) held.add(Uint8Array.of(1), 0, 1, packet, 0, 0);
  const pieces = held.take();
  expect(pieces).toHaveLength(4097);
  expect(pieces.at(-1)).toMatchObject({ gap: 904, packet: 4097 });
});
