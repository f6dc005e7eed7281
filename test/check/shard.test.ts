import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byName, commonNames, shardOf } from '../../src/check/shard.ts';

const paths = fc.uniqueArray(
  fc
    .array(fc.constantFrom('a', 'b', 'captures', 'c d', 'é'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/')),
);

describe('shards', () => {
  it('are whole and disjoint, and as large as each other', () => {
    fc.assert(
      fc.property(paths, fc.integer({ min: 1, max: 12 }), (names, count) => {
        const sorted = names.toSorted(byName);
        const parts = Array.from({ length: count }, (_, i) => shardOf(sorted, { index: i + 1, count }));
        expect(parts.flat().sort(byName)).toEqual(sorted);
        const sizes = parts.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('take the same captures wherever they lie', () => {
    fc.assert(
      fc.property(paths, fc.integer({ min: 1, max: 5 }), (names, count) => {
        const namesAt = (root: string) => {
          const sorted = names.map((name) => `${root}/${name}`).sort(byName);
          return Array.from({ length: count }, (_, i) =>
            shardOf(commonNames(sorted), { index: i + 1, count }),
          );
        };
        expect(namesAt('/home/me/project')).toEqual(namesAt('/builds/17'));
      }),
    );
  });
});

describe('common names', () => {
  it.each([
    [
      ['/a/b/x.pcap', '/a/b/c/y.pcap'],
      ['x.pcap', 'c/y.pcap'],
    ],
    [['/a/b/x.pcap'], ['x.pcap']],
    [
      ['/a/bb/x.pcap', '/a/b/x.pcap'],
      ['bb/x.pcap', 'b/x.pcap'],
    ],
    [[], []],
  ])('of %j are %j', (given, names) => {
    expect(commonNames(given)).toEqual(names);
  });
});
