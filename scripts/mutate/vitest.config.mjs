// Vitest's configuration for mutation testing: the tests of the mutated files' rooms only, and no build before them.
// scripts/mutate.mjs names the rooms, or single tests, in WSCAP_MUTATE_ROOMS.
import { globSync } from 'tinyglobby';
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { pageAssets } from '../page-assets.mjs';

const rooms = (process.env.WSCAP_MUTATE_ROOMS ?? '').split(',').filter((room) => room !== '');
const tests = globSync(rooms.flatMap((room) => [`test/${room}/**/*.test.ts`, `test/${room}.test.ts`]));
/**
 * Modules are loaded once for all tests, which a test that replaces one of them does not survive. And a test that runs the
 * built program runs one without mutants.
 */
const IS_LEFT_OUT = /vi\.mock\(|run-wscap|measured-run|dist\//;

export default defineConfig({
  define: await pageAssets(),
  test: {
    setupFiles: ['test/helpers/own-string-width.ts', 'scripts/mutate/setup.mjs'],
    include: tests.filter((path) => !IS_LEFT_OUT.test(readFileSync(path, 'utf8'))),
    isolate: false,
    testTimeout: 20_000,
  },
});
