// Damaged captures for as long as you like: node scripts/fuzz.mjs --seconds 60 --seed 1
// Runs the cases of test/fuzz/ with one seed after another, a thousand cases each, from the sources. Ends with 1 at the
// first problem, and leaves the capture that shows it.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
});
process.chdir(new URL('../', import.meta.url).pathname);
const folder = mkdtempSync(join(tmpdir(), 'wscap-fuzz-'));
// Beside the sources, for they find the fixtures from where they are.
const bundle = 'test/fuzz/fuzz-run.bundle.mjs';
await build({
  entryPoints: ['test/fuzz/fuzz-run.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
  define: { __WSCAP_VERSION__: '"fuzz"' },
});
let cases = 0;
let problem = null;
let seed = Number(values.seed);
const end = performance.now() + Number(values.seconds) * 1000;
try {
  const { FuzzRun } = await import(new URL(`../${bundle}`, import.meta.url).href);
  for (; problem === null && performance.now() < end; seed++) {
    const run = new FuzzRun(seed, folder);
    while (problem === null && run.cases < 1000 && performance.now() < end) problem = await run.next();
    cases += run.cases;
    if (problem === null) continue;
    copyFileSync(join(folder, `damaged-${seed}`), `fuzz-problem-${seed}`);
    console.log(`seed ${seed}, ${problem}\nThe capture is in fuzz-problem-${seed}.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(bundle, { force: true });
  rmSync(folder, { recursive: true });
}
const memory = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(`${cases} cases, seeds ${values.seed} to ${seed - 1}, at most ${memory} MiB`);
