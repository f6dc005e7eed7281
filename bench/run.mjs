// Measures wscap beside public tools: npm run bench -- --help
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { KINDS } from './generate/kinds.mjs';
import { referenceCapture } from './run/captures.mjs';
import { compare } from './run/compare.mjs';
import { writeDocument } from './run/document.mjs';
import { differencesFromTruth } from './run/facts.mjs';
import { stopwatch } from './run/measure.mjs';
import { measurementNote, resultSection } from './run/report.mjs';
import { installedTools, isWscapBuilt, WSCAP_PROGRAM } from './run/tools.mjs';

const USAGE = `Usage: npm run bench -- [options]

Generates reference captures, checks wscap's facts about them, runs wscap and the public tools that are
installed side by side, and writes the medians into docs/benchmarks.md.

Options:
  --kinds A,B    of ${Object.keys(KINDS).join(', ')} (default mixed,mixed@1GiB,chatty; with --quick all)
  --size SIZE    of each capture (default 200MB); a kind may have its own: mixed,mixed@1GiB
  --runs N       after a warm-up (default 5)
  --tools A,B    only these tools
  --no-write     print only, leave docs/benchmarks.md alone
  --quick        smoke test: 5 MB, one run, nothing written; fails if wscap's facts are wrong

Exit codes: 0 measured, 1 wscap's facts disagree with the truth, 2 something else went wrong.
`;

const SMALL = '5MB';

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
      kinds: { type: 'string' },
      size: { type: 'string', default: '200MB' },
      runs: { type: 'string', default: '5' },
      tools: { type: 'string' },
      'no-write': { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const { quick } = values;
  const names = values.kinds?.split(',') ?? (quick ? Object.keys(KINDS) : ['mixed', 'mixed@1GiB', 'chatty']);
  const wanted = names.map((name) => {
    const [kind, size = values.size] = name.split('@');
    return { kind, size: quick ? SMALL : size };
  });
  const unknown = wanted.map(({ kind }) => kind).find((kind) => !Object.hasOwn(KINDS, kind));
  if (unknown !== undefined) throw new Error(`unknown kind ${unknown}: try ${Object.keys(KINDS).join(', ')}`);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs: not a number of runs: ${values.runs}`);
  return {
    wanted,
    runs: quick ? 1 : runs,
    tools: values.tools?.split(','),
    write: !quick && !values['no-write'],
    quick,
  };
}

async function bench({ wanted, runs, tools: names, write, quick }) {
  const isBuilt = isWscapBuilt();
  if (isBuilt) {
    // A fast wrong answer is worth nothing: the facts come first, on small captures.
    if (!(await factsAreRight(new Set(wanted.map(({ kind }) => kind))))) return 1;
  } else {
    process.stderr.write(
      `wscap is not built (there is no ${WSCAP_PROGRAM}): run \`npm run build\`. Only the other tools are measured.\n`,
    );
  }

  const tools = installedTools(names);
  const watch = stopwatch();
  if (!watch.knowsMemory) process.stderr.write('no GNU time here: memory is not measured\n');
  const sections = [measurementNote(tools, runs)];
  for (const { kind, size } of wanted) {
    const capture = await referenceCapture(kind, size);
    const willing = tools.filter(({ largest = Infinity }) => capture.truth.bytes <= largest);
    const section = resultSection(capture, compare(willing, capture.path, runs, watch));
    process.stdout.write(`${section}\n\n`);
    sections.push(section);
  }

  if (write && isBuilt && tools.some(({ name }) => name === 'wscap')) {
    process.stderr.write(`written: ${writeDocument(sections.join('\n\n'))}\n`);
  }
  return quick && !isBuilt ? 2 : 0;
}

async function factsAreRight(kinds) {
  let areRight = true;
  for (const kind of kinds) {
    const { path, truth } = await referenceCapture(kind, SMALL);
    const differences = differencesFromTruth(path, truth);
    process.stdout.write(`facts on ${path}: ${differences.length === 0 ? 'right' : 'WRONG'}\n`);
    for (const difference of differences) process.stdout.write(`  ${difference}\n`);
    if (differences.length > 0) areRight = false;
  }
  return areRight;
}
