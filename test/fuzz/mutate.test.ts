/** Damaged captures: analyze either reports what can be read, or rejects with a CaptureError. `node scripts/fuzz.mjs` runs longer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FuzzRun } from './fuzz-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-fuzz-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([1, 2, 3, 4])(
  'fifty damaged captures of seed %i are read or refused in good order',
  async (seed) => {
    const run = new FuzzRun(seed, folder);
    for (let i = 0; i < 50; i++) expect(await run.next()).toBeNull();
  },
);

test('the same seed makes the same captures', () => {
  expect(new FuzzRun(5, folder).make().bytes).toEqual(new FuzzRun(5, folder).make().bytes);
});
