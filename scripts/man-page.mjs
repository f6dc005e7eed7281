// Writes docs/wscap.1 from the commands and their options. Run `npm run man` after changing any of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../', import.meta.url);
process.chdir(root.pathname);

/** Leaves out modules that a command loads only when it runs. */
const withoutHandlers = {
  name: 'without-handlers',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

// Node 20 can't run TypeScript, so bundle it first.
const directory = mkdtempSync(join(tmpdir(), 'wscap-man-'));
const outfile = join(directory, 'man-page.mjs');
try {
  await build({
    stdin: {
      contents:
        "export { manPage } from './src/cli/man-page.ts'; export { COMMANDS } from './src/cli/commands/commands.ts';",
      resolveDir: process.cwd(),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    plugins: [withoutHandlers],
    logLevel: 'error',
  });
  const { manPage, COMMANDS } = await import(pathToFileURL(outfile).href);
  writeFileSync('docs/wscap.1', manPage(COMMANDS));
} finally {
  rmSync(directory, { recursive: true });
}
