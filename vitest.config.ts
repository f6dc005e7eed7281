import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { pageAssets } from './scripts/page-assets.mjs';

/** Tests that load modules of the program anew (`vi.resetModules`). */
const RELOADING = ['test/platform/without-handle.test.ts'];

/** The package as it is published, installed into projects of its own. That takes a tenth of all the time: `npm run test:foreign` and CI run it. */
const FOREIGN =
  process.env['WSCAP_FOREIGN'] === undefined ? ['test/foreign-project.test.ts', 'test/package.test.ts'] : [];

const config: ViteUserConfig = defineConfig({
  // What the build writes in.
  define: await pageAssets(),
  test: {
    setupFiles: ['test/helpers/own-string-width.ts', 'test/helpers/seeded.ts'],
    globalSetup: ['test/helpers/build.ts'],
    // It only ends what hangs: a machine that is busy with something else must not make a test fail.
    testTimeout: 60_000,
    // Vitest would leave one of two cores to itself; a third worker on two cores takes longer, for each loads all modules.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        // Modules are loaded once a worker, not once a file: half of the time. No test may leave anything behind in one.
        extends: true,
        test: {
          name: 'tests',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...RELOADING, ...FOREIGN],
        },
      },
      { extends: true, test: { name: 'reloading', include: RELOADING } },
    ],
  },
});

export default config;
