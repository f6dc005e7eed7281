/** Connections that begin with the same two sequence numbers, as one that is captured on both sides of an address translation. */
import { expect, test } from 'vitest';
import { Recording, type SegmentSpec } from '../helpers/segment-builder.ts';

const opened = (port: number, client: number, server: number, time: number): readonly SegmentSpec[] => [
  { port, flags: 'S', seq: client, time },
  { port, from: 1, flags: 'SA', seq: server, ack: client + 1, time: time + 0.01 },
];

const twins = (...segments: readonly SegmentSpec[]) => {
  const recording = new Recording().play(...segments);
  return recording.consumers.map(({ connection }) => connection.twin);
};

test('know of each other', () => {
  expect(twins(...opened(4000, 1000, 2000, 1), ...opened(5000, 1000, 2000, 1.001))).toEqual([1, 0]);
});

test.each<[string, readonly SegmentSpec[]]>([
  ['another number of the server', opened(5000, 1000, 2001, 1.001)],
  ['another number of the client', opened(5000, 1001, 2000, 1.001)],
  ['a later time', opened(5000, 1000, 2000, 9)],
])('are none with %s', (_name, second) => {
  expect(twins(...opened(4000, 1000, 2000, 1), ...second)).toEqual([null, null]);
});

test.each([0, 1])('are none where numbers count from %i', (relative) => {
  expect(twins(...opened(4000, relative, 2000, 1), ...opened(5000, relative, 2000, 1))).toEqual([null, null]);
  expect(twins(...opened(4000, 1000, relative, 1), ...opened(5000, 1000, relative, 1))).toEqual([null, null]);
});

test('a SYN/ACK that comes twice makes no twin', () => {
  const [syn, answer] = opened(4000, 1000, 2000, 1);
  expect(twins(syn!, answer!, { ...answer!, time: 1.5 })).toEqual([null]);
});

test.each<[string, number, readonly [number | null, number | null]]>([
  ['know of each other though a thousand connections began between them', 1000, [1001, 0]],
  ['are none once a few thousand have begun', 3000, [null, null]],
])('%s', (_name, between, [ofFirst, ofLast]) => {
  const others = Array.from({ length: between }, (_, index) =>
    opened(10_000 + index, 5000 + index, 9000 + 2 * index, 1),
  );
  const found = twins(...opened(4000, 1000, 2000, 1), ...others.flat(), ...opened(5000, 1000, 2000, 1.5));
  expect([found[0], found.at(-1)]).toEqual([ofFirst, ofLast]);
  expect(found.slice(1, -1).every((twin) => twin === null)).toBe(true);
});
