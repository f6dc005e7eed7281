import { expect, test } from 'vitest';
import { EarlyBytes } from '../../src/connection/early-bytes.ts';

/** The 101's segment ends at offset 100 of the server's stream. */
const RESPONSE_END = 100;

function untilPacket(...packets: readonly (readonly [packet: number, acknowledged: number])[]): number {
  const early = new EarlyBytes();
  for (const [packet, acknowledged] of packets) early.add(packet, acknowledged);
  return early.untilPacket(RESPONSE_END);
}

test.each<[string, (readonly [number, number])[], number]>([
  ['no packet', [], 0],
  ['one that acknowledges nothing', [[4, 0]], 4],
  ['one that acknowledges a part of it', [[4, 99]], 4],
  ['one that acknowledges all of it, captured before it', [[5, 100]], 0],
  ['one that acknowledges more', [[5, 130]], 0],
  [
    'several',
    [
      [4, 0],
      [5, 0],
      [7, 0],
    ],
    7,
  ],
  [
    'several, the last of which had it',
    [
      [4, 0],
      [5, 0],
      [7, 100],
    ],
    5,
  ],
  [
    'in the order of the stream, not of the capture',
    [
      [9, 0],
      [8, 0],
    ],
    9,
  ],
])('%s', (_name, packets, expected) => {
  expect(untilPacket(...packets)).toBe(expected);
});

test('a new request forgets what came before it', () => {
  const early = new EarlyBytes();
  early.add(4, 0);
  early.clear();
  expect(early.untilPacket(RESPONSE_END)).toBe(0);
  early.add(9, 20);
  expect(early.untilPacket(RESPONSE_END)).toBe(9);
});

test('the first sixteen are remembered', () => {
  const packets = Array.from({ length: 1000 }, (_, i) => [i + 1, 0] as const);
  expect(untilPacket(...packets)).toBe(16);
});
