// Damaged captures for as long as you like: node scripts/fuzz.mjs --seconds 60 --seed 1
// Runs the cases of test/fuzz/ from the sources, a thousand cases per seed, with one seed after another. Exits with 1
// at the first problem and keeps the capture that shows it.
//   node scripts/fuzz.mjs --reshape
// Every fixture in every other form that must not change its report (test/fuzz/reshapings.ts): takes some minutes.
//   node scripts/fuzz.mjs --differential --count 2000 --seed 1
// This many generated conversations, each with a seed of its own, compared with their truth and (if installed) with
// tshark (test/differential/). For a failure it prints the seed and the smallest conversation that still fails, and
// writes that conversation to fuzz-problem-SEED.pcap.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1000' },
    reshape: { type: 'boolean', default: false },
    differential: { type: 'boolean', default: false },
  },
});
/** Conversations in one capture. */
const AT_ONCE = 400;

process.chdir(new URL('../', import.meta.url).pathname);
const folder = mkdtempSync(join(tmpdir(), 'wscap-fuzz-'));
// Written beside the sources, since they find the fixtures relative to themselves.
const name = values.differential ? 'differential/run' : values.reshape ? 'fuzz/reshapings' : 'fuzz/fuzz-run';
const bundle = `test/${name}.${process.pid}.bundle.mjs`;
await build({
  entryPoints: [`test/${name}.ts`],
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
  if (values.differential) summary = await differ(module);
  else summary = values.reshape ? await reshape(module) : await damage(module);
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
    for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  }
  return `${analyzer.runs} captures`;
}

/** Many conversations in each capture, since tshark takes long to start. */
async function differ({ writeCapture, problemsOf, tsharkIfThere, describe, shrink }) {
  const path = join(folder, 'generated.pcap');
  const end = Number(values.seed) + Number(values.count);
  const explained = new Map();
  let seed = Number(values.seed);
  let packets = 0;
  for (; seed < end && process.exitCode !== 1; seed += AT_ONCE) {
    const capture = writeCapture(path, seed, Math.min(AT_ONCE, end - seed));
    packets += capture.packets;
    const problems = await problemsOf(path, capture);
    const judged = (await tsharkIfThere(path, capture)) ?? { unexplained: [], explained: [] };
    for (const [kind, count] of judged.explained) explained.set(kind, (explained.get(kind) ?? 0) + count);
    for (const problem of problems.slice(0, 20)) console.log(`wscap: ${describe(problem)}`);
    for (const problem of judged.unexplained.slice(0, 20)) console.log(`tshark: ${describe(problem)}`);
    const first = problems[0] ?? judged.unexplained[0];
    if (first === undefined) continue;
    process.exitCode = 1;
    copyFileSync(path, `fuzz-problem-${seed}.pcap`);
    if (problems.length === 0) continue;
    const smallest = await shrink(first.truth.plan, `fuzz-problem-${first.truth.plan.seed}.pcap`);
    console.log(
      smallest === null
        ? 'It fails only together with other conversations.'
        : JSON.stringify(smallest, null, 2),
    );
  }
  const differences = [...explained].map(([kind, count]) => `${count} ${kind}`).join(', ');
  return `${seed - Number(values.seed)} conversations from seed ${values.seed} on, ${packets} packets; tshark differs: ${differences || 'nowhere'}`;
}
