// The tests that take too long for `npm test`: npm run test:long -- --count 2000 --seed 7 --seconds 60
// Generated conversations against their truth and tshark, damaged captures, every reshaping and rewrapping, all attacks,
// all properties, and what the installed tshark and tcpdump say of every fixture. Without --seed it takes a fresh one. It prints the
// seed, and for each part that fails the command that repeats it.
//   --only NAME  runs one of: differential, damage, reshape, vitest, properties, tshark, foreign
//   --quick      runs a few minutes with fresh seeds: differential, damage and properties. CI runs this beside npm test.
// Exits with 1 if one fails.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    count: { type: 'string' },
    seed: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
process.chdir(new URL('../', import.meta.url).pathname);
const seed = values.seed ?? String(randomInt(1, 2 ** 31));
const count = values.count ?? (values.quick ? '400' : '2000');
const seconds = values.seconds ?? (values.quick ? '20' : '60');
console.log(`seed ${seed}`);

const withProperties = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => join('test', path))
  .filter((path) => readFileSync(path, 'utf8').includes("from 'fast-check'"));
/** Captures and conversations that must leave no secret. */
const more = values.quick ? {} : { WSCAP_RUNS: '300', WSCAP_REDACTION_CASES: '300' };
const fuzz = ['scripts/fuzz.mjs', '--seed', seed];
const vitest = ['node_modules/vitest/vitest.mjs', 'run'];
const parts = {
  differential: { args: [...fuzz, '--differential', '--count', count], isQuick: true },
  damage: { args: [...fuzz, '--seconds', seconds], isQuick: true },
  reshape: { args: [...fuzz, '--reshape'] },
  vitest: { args: [...vitest, 'test/fuzz'], env: { WSCAP_FUZZ_ALL: '1' } },
  properties: { args: [...vitest, ...withProperties], env: { WSCAP_SEED: seed, ...more }, isQuick: true },
  tshark: {
    args: [...vitest, 'test/tshark.test.ts', 'test/capture/paste/printed-text-reader.test.ts'],
    env: { WSCAP_TSHARK: '1' },
  },
  foreign: {
    args: [...vitest, 'test/foreign-project.test.ts', 'test/package.test.ts'],
    env: { WSCAP_FOREIGN: '1' },
  },
};
if (values.only !== undefined && parts[values.only] === undefined) {
  console.error(`--only ${values.only} is not known: choose one of ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
for (const [name, { args, env = {}, isQuick = false }] of Object.entries(parts)) {
  if (values.only === undefined ? values.quick && !isQuick : values.only !== name) continue;
  console.log(`${name}:`);
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (status === 0) continue;
  process.exitCode = 1;
  console.log(
    `${name} failed. To repeat it: npm run test:long -- --only ${name} --seed ${seed} --count ${count} --seconds ${seconds}`,
  );
}
