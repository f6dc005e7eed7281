// Mutation testing by Stryker: changes the code in many small ways and says which changes no test of the same room notices.
//
//     npm run mutate -- tcp/take-segment http/head      these files of src/
//     npm run mutate                                    the ten files that docs/robustness.md has scores of
//     npm run mutate -- --own http/head                 by their own tests alone: quicker, and less is noticed
//     npm run mutate -- --sample decode --seed 7        twenty places of a folder, others for each seed
//
// One process at a time, and no longer than --minutes (15) for a file or a sample: what is not tested by then is counted.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { globSync } from 'tinyglobby';

const NAMED = [
  'tcp/out-of-order-queue',
  'tcp/stream-reassembler',
  'tcp/take-segment',
  'http/head',
  'http/message-stream',
  'http/upgrade-exchange',
  'websocket/frame-parser',
  'websocket/message-reader',
  'judgement/requirements',
  'judgement/verdict',
];
/** Tests that are a file's own under another name: what they test stands in that file. */
const OWN_TOO = {
  'tcp/stream-reassembler': ['tcp/stream-facts', 'tcp/stream-trouble', 'tcp/tcp-tracker', 'tcp/other-route'],
  'http/message-stream': ['http/http-spans', 'http/message-stream-owner'],
  'http/upgrade-exchange': [
    'http/carrier-gate',
    'http/exchange-opening',
    'http/http-spans',
    'http/lost-answers',
  ],
  'websocket/frame-parser': ['websocket/frame-spans', 'websocket/payload-sink', 'websocket/plain-frames'],
};
/** Files whose texts are names of states: another text is an endless loop at run time, and the types refuse it anyway. */
const HAS_STATES = new Set(['http/message-stream', 'http/upgrade-exchange']);
const SAMPLED_PLACES = 20;
const LINES_OF_A_PLACE = 8;
/** How Stryker's words for what came of a mutant count. A mutant that runs without end is noticed. */
const NOTICED = new Set(['Killed', 'Timeout', 'RuntimeError']);
const MISSED = new Set(['Survived', 'NoCoverage']);

process.chdir(new URL('../', import.meta.url).pathname);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    own: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    minutes: { type: 'string', default: '15' },
  },
});

const runs = values.sample === undefined ? filesAsked() : [placesOf(values.sample, Number(values.seed))];
const rows = [];
for (const run of runs) {
  console.log(`${run.name}: at most ${values.minutes} minutes`);
  const { mutants, results } = await mutate(run, Number(values.minutes));
  const missed = results.filter(({ status }) => MISSED.has(status));
  const noticed = results.filter(({ status }) => NOTICED.has(status)).length;
  const ignored = results.filter(({ status }) => status === 'Ignored').length;
  for (const mutant of missed) console.log(describe(mutant));
  const score =
    noticed + missed.length === 0 ? '' : `${Math.round((100 * noticed) / (noticed + missed.length))} %`;
  rows.push(`| ${run.name} | ${mutants - ignored} | ${results.length - ignored} | ${noticed} | ${score} |`);
}
console.log('\n| file | mutants | tested | noticed | score |\n| --- | ---: | ---: | ---: | ---: |');
console.log(rows.join('\n'));

function filesAsked() {
  const names = positionals.length === 0 ? NAMED : positionals;
  return names.map((asked) => {
    const name = asked.replace(/^src\/|\.ts$/g, '');
    return {
      name,
      tests: values.own ? [name, ...(OWN_TOO[name] ?? [])] : [name.split('/')[0]],
      places: [`src/${name}.ts`],
      without: HAS_STATES.has(name) ? ['StringLiteral'] : [],
    };
  });
}

/** Some places of a folder, chosen by the seed: a few lines each, of any of its files. */
function placesOf(folder, seed) {
  const places = globSync(`src/${folder}/**/*.ts`, { ignore: ['**/*.d.ts'] })
    .toSorted()
    .flatMap((path) => {
      const lines = readFileSync(path, 'utf8').split('\n').length;
      const starts = Array.from(
        { length: Math.ceil(lines / LINES_OF_A_PLACE) },
        (_, i) => i * LINES_OF_A_PLACE,
      );
      return starts.map((start) => `${path}:${start + 1}-${Math.min(lines, start + LINES_OF_A_PLACE)}`);
    });
  if (places.length === 0) throw new Error(`src/${folder} holds no file`);
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const chosen = [];
  while (chosen.length < SAMPLED_PLACES && places.length > 0) {
    chosen.push(...places.splice(Math.floor(random() * places.length), 1));
  }
  return {
    name: `${folder}, sample of seed ${seed}`,
    tests: [folder.split('/')[0]],
    places: chosen,
    without: [],
  };
}

/** Runs Stryker in a process of its own, which writes each result as it comes, and ends it when the time is over. */
async function mutate({ tests, places, without }, minutes) {
  const folder = mkdtempSync(join(tmpdir(), 'wscap-mutate-'));
  const config = join(folder, 'stryker.json');
  const lines = join(folder, 'results.ndjson');
  writeFileSync(lines, '');
  writeFileSync(
    config,
    JSON.stringify({
      testRunner: 'vitest',
      plugins: [
        import.meta.resolve('@stryker-mutator/vitest-runner'),
        join(process.cwd(), 'scripts/mutate/result-lines.mjs'),
      ],
      vitest: { configFile: 'scripts/mutate/vitest.config.mjs', related: true },
      coverageAnalysis: 'perTest',
      concurrency: 1,
      mutate: places,
      mutator: { excludedMutations: without },
      reporters: ['result-lines'],
      ignorePatterns: ['dist', 'bench', 'docs', 'coverage'],
      tempDirName: join(folder, 'sandbox'),
      allowEmpty: true,
      // A test that a change makes endless is ended so long after its usual time; the default is 5 s.
      timeoutMS: 2000,
    }),
  );
  const child = spawn(
    process.execPath,
    ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', config],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      // A group of its own, so that its test runner ends with it.
      detached: true,
      env: { ...process.env, WSCAP_MUTATE_ROOMS: tests.join(','), WSCAP_MUTATE_RESULTS: lines },
    },
  );
  const end = () => {
    try {
      process.kill(-child.pid);
    } catch {
      // It has ended.
    }
  };
  const timer = setTimeout(end, minutes * 60_000);
  process.once('SIGINT', end);
  const [code] = await new Promise((resolve) => child.once('close', (...ended) => resolve(ended)));
  clearTimeout(timer);
  process.removeListener('SIGINT', end);
  const [plan, ...results] = readFileSync(lines, 'utf8')
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map(JSON.parse);
  rmSync(folder, { recursive: true, force: true });
  // Ended by the timer it has no code.
  if (code !== 0 && code !== null) process.exitCode = 1;
  return { mutants: plan?.mutants ?? 0, results };
}

function describe({ fileName, location, mutatorName, replacement, status }) {
  const path = fileName.slice(fileName.lastIndexOf('src/'));
  const change = (replacement ?? '').replace(/\s+/g, ' ').slice(0, 100);
  const why = status === 'NoCoverage' ? 'no test comes here' : 'not noticed';
  return `  ${path}:${location.start.line}:${location.start.column} ${mutatorName} -> ${change} (${why})`;
}
