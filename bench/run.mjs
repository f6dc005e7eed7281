// Measures wscap and public tools side by side: npm run bench -- --help
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { KINDS } from './generate/kinds.mjs';
import { referenceCapture } from './run/captures.mjs';
import { writeDocument } from './run/document.mjs';
import { differencesFromTruth } from './run/facts.mjs';
import { stopwatch } from './run/measure.mjs';
import { measurementNote } from './run/report.mjs';
import { targetSection } from './run/targets.mjs';
import { installedTools, isWscapBuilt, WSCAP_PROGRAM } from './run/tools.mjs';
import { besideTools } from './studies/beside-tools.mjs';
import { check } from './studies/check.mjs';
import { churn } from './studies/churn.mjs';
import { deflate } from './studies/deflate.mjs';
import { growth } from './studies/growth.mjs';
import { gzip } from './studies/gzip.mjs';
import { loss } from './studies/loss.mjs';
import { startUp } from './studies/start-up.mjs';
import { threads } from './studies/threads.mjs';
import { tls } from './studies/tls.mjs';

/** @type {Record<string, (bench: import('./studies/study.mjs').Bench) => Promise<import('./studies/study.mjs').Findings>>} */
const STUDIES = {
  tools: besideTools,
  loss,
  deflate,
  gzip,
  churn,
  growth,
  'start-up': startUp,
  check,
  threads,
  tls,
};

const USAGE = `Usage: npm run bench -- [options]

Generates reference captures, checks wscap's facts about them, runs wscap and the public tools that are
installed, in turn, and writes targets, medians and ratios into docs/benchmarks.md. The captures take about
6 GB of disk, and 4 GB more with --large.

Options:
  --only A,B     of ${Object.keys(STUDIES).join(', ')} (default all); nothing is written
  --large        also a capture of 4 GiB
  --runs N       after a warm-up (default 5)
  --tools A,B    only these tools
  --no-write     print only, leave docs/benchmarks.md alone
  --quick        smoke test: captures of a few megabytes, one run, nothing written; fails if wscap's facts are wrong

Exit codes: 0 measured, 1 wscap's facts disagree with the truth, 2 something else went wrong.
`;

try {
  process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
  const options = readOptions();
  if (options === null) process.stdout.write(USAGE);
  else process.exitCode = await bench(options);
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      large: { type: 'boolean', default: false },
      runs: { type: 'string', default: '5' },
      tools: { type: 'string' },
      'no-write': { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const { quick, large } = values;
  const studies = values.only?.split(',') ?? Object.keys(STUDIES);
  const unknown = studies.find((name) => !Object.hasOwn(STUDIES, name));
  if (unknown !== undefined) {
    throw new Error(`unknown study ${unknown}: try ${Object.keys(STUDIES).join(', ')}`);
  }
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs: not a number of runs: ${values.runs}`);
  return {
    studies,
    isQuick: quick,
    isLarge: large && !quick,
    runs: quick ? 1 : runs,
    tools: values.tools?.split(','),
    write: values.only === undefined && !quick && !values['no-write'],
  };
}

async function bench({ studies, write, ...options }) {
  if (!isWscapBuilt()) {
    throw new Error(`wscap is not built (there is no ${WSCAP_PROGRAM}): run \`npm run build\``);
  }
  // A fast wrong answer is worth nothing, so the facts are checked first, on small captures.
  if (!(await factsAreRight())) return 1;

  const watch = stopwatch();
  if (options.isQuick) process.stdout.write('a smoke test: the captures are smaller than the titles say\n\n');
  if (!watch.knowsMemory) process.stderr.write('no GNU time here: memory is not measured\n');
  const sections = [];
  const targets = [];
  for (const name of studies) {
    const findings = await STUDIES[name]({ ...options, watch });
    for (const section of findings.sections) process.stdout.write(`${section}\n\n`);
    sections.push(...findings.sections);
    targets.push(...findings.targets);
  }
  const summary = targetSection(targets);
  // A smoke test's figures mean nothing.
  if (!options.isQuick) process.stdout.write(`${summary}\n`);
  if (write) {
    const note = measurementNote(installedTools(options.tools), options.runs);
    process.stderr.write(`written: ${writeDocument([note, summary, ...sections].join('\n\n'))}\n`);
  }
  return 0;
}

async function factsAreRight() {
  let areRight = true;
  for (const kind of Object.keys(KINDS)) {
    const { path, truth } = await referenceCapture({ kind, size: '5MB' });
    const differences = differencesFromTruth(path, truth);
    process.stdout.write(`facts on ${path}: ${differences.length === 0 ? 'right' : 'WRONG'}\n`);
    for (const difference of differences) process.stdout.write(`  ${difference}\n`);
    if (differences.length > 0) areRight = false;
  }
  return areRight;
}
