/**
 * Changes to a capture that must not change what is said of it, or may change it in one direction only (see
 * reshapings.ts). A sample of the fixtures, another for each change; with WSCAP_FUZZ_ALL, or in
 * `node scripts/fuzz.mjs --reshape`, all of them.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { problemsOf, RecordAnalyzer, RESHAPINGS, specimensUpTo } from './reshapings.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-metamorphic-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const takesAll = process.env['WSCAP_FUZZ_ALL'] !== undefined;
const all = specimensUpTo(takesAll ? Infinity : 60);

test.each(RESHAPINGS.map((entry, index) => ({ ...entry, index })))(
  '$name',
  async ({ reshaping, packets, oneIn, most = Infinity, index }) => {
    const few = all.filter(({ split }) => split.records.length <= (takesAll ? most : packets));
    const specimens = takesAll ? few : few.filter((_, number) => number % oneIn === index % oneIn);
    expect(specimens.length).toBeGreaterThan(5);
    expect(await problemsOf(reshaping, specimens, new RecordAnalyzer(folder))).toEqual([]);
  },
  takesAll ? 900_000 : 60_000,
);

const hasEditcap = spawnSync('editcap', ['--version']).status === 0;

test.skipIf(!hasEditcap)('the same packets as pcapng say the same', async () => {
  let compared = 0;
  for (const { name, path } of all.filter((_, index) => index % (takesAll ? 8 : 24) === 0)) {
    const converted = join(folder, 'converted.pcapng');
    const { status } = spawnSync('editcap', ['-F', 'pcapng', path, converted]);
    // A file that is cut short is an error to editcap.
    if (status !== 0) continue;
    compared++;
    const [ours, theirs] = [await analyze(path), await analyze(converted)];
    expect(JSON.stringify(theirs.connections), name).toBe(JSON.stringify(ours.connections));
    expect(theirs.totals, name).toEqual(ours.totals);
  }
  expect(compared).toBeGreaterThan(8);
});
