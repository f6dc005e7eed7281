import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Segment } from '../../src/decode/segment.ts';
import { ConnectionTable } from '../../src/tcp/connection-table.ts';
import { processorMs } from '../helpers/processor-time.ts';

type Tuple = readonly [
  source: readonly number[],
  sourcePort: number,
  destination: readonly number[],
  destinationPort: number,
];

const segment = new Segment();

function find(table: ConnectionTable, [source, sourcePort, destination, destinationPort]: Tuple): number {
  segment.addresses.fill(-559038737); // what an earlier packet left
  segment.addresses.set(source, 0);
  segment.addresses.set(destination, 4);
  segment.sourcePort = sourcePort;
  segment.destinationPort = destinationPort;
  return table.find(segment);
}

/** The simple version: one string for each tuple, the same for both directions. */
function keyOf([source, sourcePort, destination, destinationPort]: Tuple): string {
  return [`${source.join('.')}:${sourcePort}`, `${destination.join('.')}:${destinationPort}`]
    .sort()
    .join(' ');
}

/** Few values, so that tuples come again and differ in one field only. */
function tupleArbitrary(words: number): fc.Arbitrary<Tuple> {
  const word = fc.oneof(fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000), fc.integer());
  const address = fc.oneof(
    fc.constantFrom(...[0, 1, -1].map((value) => new Array<number>(words).fill(value))),
    fc.array(word, { minLength: words, maxLength: words }),
  );
  const port = fc.oneof(fc.constantFrom(0, 1, 80, 0x8000, 0xffff), fc.nat(0xffff));
  return fc.tuple(address, port, address, port);
}

/** As in the table, which can't be asked for it. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
const portHash = Math.imul((1000 << 16) | 80, 0x9e3779b1);

describe.each([
  [4, 1],
  [6, 4],
] as const)('connection table of IPv%d', (version, words) => {
  it('agrees with a map of strings', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(tupleArbitrary(words), fc.boolean()), { maxLength: 300 }), (finds) => {
        const table = new ConnectionTable(version);
        const map = new Map<string, number>();
        for (const [tuple, isReversed] of finds) {
          const key = keyOf(tuple);
          if (!map.has(key)) map.set(key, map.size);
          const [source, sourcePort, destination, destinationPort] = tuple;
          const sent: Tuple = isReversed ? [destination, destinationPort, source, sourcePort] : tuple;
          expect(find(table, sent)).toBe(map.get(key));
          expect(table.size).toBe(map.size);
        }
      }),
    );
  });

  it('tells the directions apart, the same at every packet', () => {
    fc.assert(
      fc.property(tupleArbitrary(words), (tuple) => {
        const [source, sourcePort, destination, destinationPort] = tuple;
        fc.pre(
          keyOf([source, sourcePort, source, sourcePort]) !==
            keyOf([source, sourcePort, destination, destinationPort]),
        );
        const table = new ConnectionTable(version);
        find(table, tuple);
        const there = table.fromHigher;
        find(table, [destination, destinationPort, source, sourcePort]);
        expect(table.fromHigher).toBe(!there);
        find(table, tuple);
        expect(table.fromHigher).toBe(there);
      }),
    );
  });

  it('keeps every index while it grows to 100,000 tuples', () => {
    const table = new ConnectionTable(version);
    const tuples = Array.from({ length: 100_000 }, (_, i): Tuple => {
      const host = new Array<number>(words).fill(0x0a000000).with(-1, 0x0a000000 + (i >> 6));
      return [host, 1024 + (i & 63), new Array<number>(words).fill(0x0a0a0a0a), 443];
    });
    expect(tuples.every((tuple, index) => find(table, tuple) === index)).toBe(true);
    expect(tuples.every(([a, b, c, d], index) => find(table, [c, d, a, b]) === index)).toBe(true);
    expect(table.size).toBe(100_000);
  });

  it('stays quick for tuples made up to share a slot', () => {
    // If the hash began with the ports, these tuples would share a slot: the second address undoes what the first changes.
    const address = (word: number) => new Array<number>(words - 1).fill(0).concat(word);
    const made: Tuple[] = [];
    for (let i = 0; made.length < 30_000; i++) {
      const zeros = Array.from({ length: 2 * words - 2 }).reduce<number>((hash) => mix(hash), portHash);
      const word = mix(zeros ^ i);
      if (word > i) made.push([address(i), 1000, address(word), 80]);
    }
    const random: Tuple[] = made.map((_, i) => [address(i), 1000, address(Math.imul(i + 1, 0x9e3779b1)), 80]);
    const duration = (tuples: readonly Tuple[]) => {
      const table = new ConnectionTable(version);
      const start = processorMs();
      for (const tuple of tuples) find(table, tuple);
      return processorMs() - start;
    };
    duration(random);
    expect(duration(made)).toBeLessThan(20 * duration(random) + 20);
  });

  it('knows a connection of an address and port to itself', () => {
    const table = new ConnectionTable(version);
    const self = new Array<number>(words).fill(0x7f000001);
    expect(find(table, [self, 80, self, 80])).toBe(0);
    expect(find(table, [self, 80, self, 80])).toBe(0);
    expect(find(table, [self, 80, self, 81])).toBe(1);
    expect(find(table, [self, 81, self, 80])).toBe(1);
  });
});
