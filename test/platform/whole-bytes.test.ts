/** A capture that is in memory, once more: the same on both platforms. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { wholeBytes as ofNode } from '../../src/platform/node/whole-bytes.ts';
import { wholeBytes as ofBrowser } from '../../src/platform/web/whole-bytes.ts';

const CONTENT = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * index) >> 7);
const joined = (pieces: Iterable<Uint8Array>) =>
  Buffer.concat([...pieces].map((piece) => Buffer.from(piece)));

describe.each([
  ['Node', ofNode],
  ['a browser', ofBrowser],
])('whole bytes by %s', (_, wholeBytes) => {
  it('are those that are in memory', () => {
    expect(joined(wholeBytes(CONTENT)).equals(CONTENT)).toBe(true);
  });

  it('are unpacked, also where the end of the gzip is missing', () => {
    const packed = new Uint8Array(gzipSync(CONTENT));
    expect(joined(wholeBytes(packed)).equals(CONTENT)).toBe(true);
    const cut = joined(wholeBytes(packed.subarray(0, packed.length - 20)));
    expect(cut.length).toBeGreaterThan(CONTENT.length / 2);
    expect(cut.equals(CONTENT.subarray(0, cut.length))).toBe(true);
  });
});

it('has no paths in a browser', () => {
  expect([...ofBrowser('package.json')]).toEqual([]);
  expect(joined(ofNode('package.json')).includes('"wscap"')).toBe(true);
});
