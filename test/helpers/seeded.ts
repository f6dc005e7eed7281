/**
 * The seed of all property tests: always the same in `npm test`, so that it says the same at each run; WSCAP_SEED for
 * another one (`npm run test:long` and CI take a fresh one and print it). What fast-check says of a failure holds its
 * seed: `WSCAP_SEED=<seed> npx vitest run <file>` repeats it.
 */
import fc from 'fast-check';

const FIXED_SEED = 6455;

const asked = process.env['WSCAP_SEED'] ?? '';
if (!/^\d*$/.test(asked)) throw new Error(`WSCAP_SEED is a whole number, not "${asked}"`);

fc.configureGlobal({ seed: asked === '' ? FIXED_SEED : Number(asked) });
