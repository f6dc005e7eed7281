/** gzip by Node's zlib and by pako, compared with each other. */
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GunzipProblem, OpenGunzip } from '../../src/platform/gunzip.ts';
import { openGunzip as ofNode } from '../../src/platform/node/gunzip.ts';
import { openGunzip as ofWeb } from '../../src/platform/web/gunzip.ts';
import { concat } from '../helpers/pcap-builder.ts';

const OUTPUT_LENGTH = 4096;

interface Told {
  readonly bytes: string;
  readonly problem: GunzipProblem | undefined;
}

/** Everything that is unpacked from the file, read in pieces of this size, up to the first problem. */
async function unpack(open: OpenGunzip, file: Uint8Array, size: number): Promise<Told> {
  const chunks: Uint8Array[] = [];
  const gunzip = open(OUTPUT_LENGTH, (unpacked) => {
    expect(unpacked.length).toBeLessThanOrEqual(OUTPUT_LENGTH);
    chunks.push(unpacked);
  });
  let problem: GunzipProblem | undefined;
  for (let at = 0; at < file.length && problem === undefined; at += size) {
    problem = await gunzip.write(file.subarray(at, at + size));
  }
  problem ??= await gunzip.end();
  gunzip.close();
  // Not joined before the end: the receiver may keep a piece.
  return { bytes: Buffer.concat(chunks).toString('latin1'), problem };
}

const text = Buffer.from('packet after packet after packet, '.repeat(1000));
const MEMBER = gzipSync(text);

describe.each([
  ['Node', ofNode],
  ['the web', ofWeb],
])('gzip by %s', (_, open) => {
  test.each([1, 100, Infinity])('several members are one file, in pieces of %d', async (size) => {
    const file = concat([MEMBER, gzipSync('and more'), gzipSync('')]);
    const { bytes, problem } = await unpack(open, file, size);
    expect(bytes).toBe(`${text.toString()}and more`);
    expect(problem).toBeUndefined();
  });

  test.each([1, Infinity])('zero bytes behind the last member end the file (pieces of %d)', async (size) => {
    const told = await unpack(open, concat([MEMBER, new Uint8Array(100)]), size);
    expect(told).toEqual({ bytes: text.toString(), problem: undefined });
  });

  test('data that are cut give what they hold, and are said to be cut', async () => {
    const { bytes, problem } = await unpack(open, MEMBER.subarray(0, -9), 16);
    expect(text.toString().startsWith(bytes)).toBe(true);
    expect(problem).toEqual({ isCut: true, message: 'unexpected end of file' });
  });

  test.each([
    ['another file behind it', concat([MEMBER, Buffer.from('no gzip')]), 'incorrect header check'],
    ['a checksum that is wrong', concat([MEMBER.subarray(0, -8), new Uint8Array(8)]), 'incorrect data check'],
    ['a block of no type', concat([MEMBER.subarray(0, 10), Uint8Array.of(0xff)]), 'invalid block type'],
  ])('%s', async (__, file, message) => {
    expect((await unpack(open, file, Infinity)).problem).toEqual({ isCut: false, message });
  });
});

test('both say the same of files that are damaged or cut', async () => {
  const members = [gzipSync('short'), gzipSync(text), gzipSync(deflateRawSync(text), { level: 0 })];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...members), { minLength: 1, maxLength: 3 }),
      fc.option(fc.record({ at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) })),
      fc.option(fc.nat(), { freq: 3 }),
      fc.constantFrom(1, 7, 64, Infinity),
      async (parts, damage, cut, size) => {
        const file = Uint8Array.from(concat(parts));
        if (damage !== null) file[damage.at % file.length]! ^= damage.by;
        const captured = cut === null ? file : file.subarray(0, cut % file.length);
        const expected = await unpack(ofNode, captured, size);
        const { bytes, problem } = await unpack(ofWeb, captured, size);
        expect({ length: bytes.length, problem }).toEqual({
          length: expected.bytes.length,
          problem: expected.problem,
        });
        expect(bytes === expected.bytes).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});
