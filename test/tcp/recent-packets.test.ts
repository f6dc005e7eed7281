import { expect, test } from 'vitest';
import { RecentPackets } from '../../src/tcp/recent-packets.ts';

const WITHIN = 2e6;

test('a packet is known for a while, and for some packets', () => {
  const recent = new RecentPackets();
  expect(recent.has(0, 0, 0, 0, 0, WITHIN)).toBe(false);
  recent.add(1, 2, 3, 100, 999_500_000);
  expect(recent.has(1, 2, 3, 100, 999_900_000, WITHIN)).toBe(true);
  expect(recent.has(1, 2, 3, 101, 1_000_000, WITHIN)).toBe(true);
  expect(recent.has(1, 2, 3, 101, 2_000_000, WITHIN)).toBe(false);
  expect(recent.has(1, 2, 4, 100, 999_900_000, WITHIN)).toBe(false);
  for (let i = 0; i < 7; i++) recent.add(10 + i, 0, 0, 100, 999_600_000);
  expect(recent.has(1, 2, 3, 100, 999_900_000, WITHIN)).toBe(true);
  recent.add(20, 0, 0, 100, 999_600_000);
  expect(recent.has(1, 2, 3, 100, 999_900_000, WITHIN)).toBe(false);
});

test('seconds beyond 2^31 are told apart', () => {
  const recent = new RecentPackets();
  recent.add(1, 2, 3, 4_000_000_000, 0);
  expect(recent.has(1, 2, 3, 4_000_000_000, 1000, WITHIN)).toBe(true);
  expect(recent.has(1, 2, 3, 4_000_000_001, 0, WITHIN)).toBe(false);
});
