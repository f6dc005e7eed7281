// The tests that take too long for `npm test`: npm run test:long -- --count 2000 --seed 7 --seconds 60
// Generated conversations against their truth and tshark, damaged captures, every reshaping and rewrapping, and all
// attacks. --only runs one of: differential, damage, reshape, vitest. Exits with 1 if one fails.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
  },
});
process.chdir(new URL('../', import.meta.url).pathname);
const fuzz = ['scripts/fuzz.mjs', '--seed', values.seed];
const parts = {
  differential: [...fuzz, '--differential', '--count', values.count],
  damage: [...fuzz, '--seconds', values.seconds],
  reshape: [...fuzz, '--reshape'],
  vitest: ['node_modules/vitest/vitest.mjs', 'run', 'test/fuzz'],
};
for (const [name, args] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  console.log(`${name}: node ${args.join(' ')}`);
  const env = name === 'vitest' ? { ...process.env, WSCAP_FUZZ_ALL: '1' } : process.env;
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
  if (status !== 0) process.exitCode = 1;
}
