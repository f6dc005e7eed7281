import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { pageAssets } from './scripts/page-assets.mjs';

const config: ViteUserConfig = defineConfig({
  // What the build writes in.
  define: await pageAssets(),
  test: {
    setupFiles: ['test/helpers/own-string-width.ts'],
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/build.ts'],
    testTimeout: 20_000,
    // Vitest would leave one of two cores to itself.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});

export default config;
