import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOB_SCHEMA, mergeBlobs, type Blob } from '../../src/check/blob.ts';
import type { CaptureOutcome, CheckStatus } from '../../src/check/result.ts';
import { byName, shardOf } from '../../src/check/shard.ts';
import { parseBlob } from '../../src/cli/check/parse-blob.ts';

const OPTIONS = { windowMs: 100, reader: 'wscap', ports: [], rules: {} } as const;
const outcome = (path: string, status: CheckStatus = 'passed'): CaptureOutcome => ({
  path,
  status,
  connections: 1,
  differences: [],
  errors: 0,
  moreDifferences: 0,
  failure: null,
});
const CAPTURES = ['a', 'b', 'c', 'd', 'e'].map((path) => outcome(path));

const blobs = (count: number, captures: readonly CaptureOutcome[] = CAPTURES) =>
  Array.from({ length: count }, (_, i): { name: string; blob: Blob } => ({
    name: `blob-${i + 1}.json`,
    blob: {
      schema: BLOB_SCHEMA,
      version: '1.0.0',
      options: OPTIONS,
      update: false,
      shard: { index: i + 1, count },
      all: { captures: captures.length, digest: 'd' },
      unchecked: 0,
      captures: shardOf(captures, { index: i + 1, count }),
      obsolete: [],
    },
  }));

const changed = (changes: Partial<Blob>) => {
  const [first, second] = blobs(2);
  return [first!, { name: second!.name, blob: { ...second!.blob, ...changes } }];
};

describe('merged shards', () => {
  it('are the run in one piece, in whatever order they come', () => {
    const paths = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 20 });
    fc.assert(
      fc.property(paths, fc.integer({ min: 1, max: 7 }), fc.boolean(), (names, count, isReversed) => {
        const captures = names.toSorted(byName).map((name) => outcome(name));
        const parts = blobs(count, captures);
        const whole = mergeBlobs(isReversed ? parts.reverse() : parts);
        expect(whole).toEqual(mergeBlobs(blobs(1, captures)));
        expect(whole.captures).toEqual(captures);
      }),
    );
  });

  it.each([
    ['a shard is missing', blobs(3).slice(1), 'shard 1 of 3 is missing'],
    ['several are', blobs(3).slice(2), 'shards 1 and 2 of 3 are missing'],
    ['one is doubled', [...blobs(2), blobs(2)[1]!], 'is shard 2 of 2, and so is blob-2.json'],
    ['the number of shards differs', [blobs(2)[0]!, blobs(3)[1]!], '3 shards, not 2'],
    ['the version differs', changed({ version: '2.0.0' }), 'wscap 2.0.0, not 1.0.0'],
    ['the options differ', changed({ options: { ...OPTIONS, windowMs: 50 } }), 'different options'],
    ['one was an update', changed({ update: true }), 'one was run with --update'],
    ['the captures differ', changed({ all: { captures: 5, digest: 'e' } }), 'different captures'],
    ['one was interrupted', changed({ unchecked: 2 }), 'was interrupted with 2 captures left'],
    ['one lost captures', changed({ captures: [] }), 'the shards hold 3 of 5 captures'],
    ['there are none', [], 'there is no blob'],
  ])('are refused where %s', (_what, files, message) => {
    expect(() => mergeBlobs(files)).toThrow(message);
  });
});

describe('a blob', () => {
  const { blob } = blobs(1)[0]!;

  it('is read as it was written', () => {
    expect(parseBlob(JSON.stringify(blob), 'x')).toEqual(blob);
  });

  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['something else', '{"schema": "wscap/report@1"}', 'is not a blob'],
    [
      'one of another version',
      '{"schema": "wscap/check-blob@2"}',
      'comes from another version of wscap: "wscap/check-blob@2"',
    ],
    ['damaged', JSON.stringify({ ...blob, captures: [{ path: 1 }] }), 'is a damaged blob'],
    [
      'of a shard that there can not be',
      JSON.stringify({ ...blob, shard: { index: 3, count: 2 } }),
      'damaged',
    ],
  ])('that is %s is refused', (_what, text, message) => {
    expect(() => parseBlob(text, 'x.json')).toThrow(
      `x.json: ${message === 'damaged' ? 'is a damaged' : message}`,
    );
  });
});
