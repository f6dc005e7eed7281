// Damaged captures for as long as you like: node scripts/fuzz.mjs --seconds 60 --seed 1
// Runs the cases of test/fuzz/ with one seed after another, a thousand cases each, from the sources. Ends with 1 at the
// first problem, and leaves the capture that shows it.
//   node scripts/fuzz.mjs --reshape
// Every fixture in every other shape that must not change what is said of it (test/fuzz/reshapings.ts): some minutes.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    reshape: { type: 'boolean', default: false },
  },
});
process.chdir(new URL('../', import.meta.url).pathname);
const folder = mkdtempSync(join(tmpdir(), 'wscap-fuzz-'));
// Beside the sources, for they find the fixtures from where they are.
const name = values.reshape ? 'reshapings' : 'fuzz-run';
const bundle = `test/fuzz/${name}.bundle.mjs`;
await build({
  entryPoints: [`test/fuzz/${name}.ts`],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
  define: { __WSCAP_VERSION__: '"fuzz"' },
});
let summary = '';
try {
  const module = await import(new URL(`../${bundle}`, import.meta.url).href);
  summary = values.reshape ? await reshape(module) : await damage(module);
} finally {
  rmSync(bundle, { force: true });
  rmSync(folder, { recursive: true });
}
const memory = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(`${summary}, at most ${memory} MiB`);

async function damage({ FuzzRun }) {
  let cases = 0;
  let problem = null;
  let seed = Number(values.seed);
  const end = performance.now() + Number(values.seconds) * 1000;
  for (; problem === null && performance.now() < end; seed++) {
    const run = new FuzzRun(seed, folder);
    while (problem === null && run.cases < 1000 && performance.now() < end) problem = await run.next();
    cases += run.cases;
    if (problem === null) continue;
    copyFileSync(join(folder, `damaged-${seed}`), `fuzz-problem-${seed}`);
    console.log(`seed ${seed}, ${problem}\nThe capture is in fuzz-problem-${seed}.`);
    process.exitCode = 1;
  }
  return `${cases} cases, seeds ${values.seed} to ${seed - 1}`;
}

async function reshape({ RESHAPINGS, RecordAnalyzer, problemsOf, specimensUpTo }) {
  const analyzer = new RecordAnalyzer(folder);
  for (const { name: title, reshaping, most = Infinity } of RESHAPINGS) {
    const before = analyzer.runs;
    const problems = await problemsOf(reshaping, specimensUpTo(most), analyzer);
    console.log(`${title}: ${analyzer.runs - before} captures, ${problems.length} problems`);
    for (const problem of problems) console.log(`  ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  }
  return `${analyzer.runs} captures`;
}
