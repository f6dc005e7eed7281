// Builds dist/: JavaScript with esbuild (split into chunks, so that each command loads only what it needs), type
// declarations with tsc. `--no-types` leaves out the declarations.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { pageAssets } from './page-assets.mjs';

const root = new URL('../', import.meta.url);
process.chdir(root.pathname);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const withTypes = !process.argv.includes('--no-types');
if (withTypes) rmSync('dist', { recursive: true, force: true });

/**
 * cli-table3 and yargs measure text with string-width, which builds an Intl.Segmenter when it is loaded. This plugin
 * gives them the report's own function instead: then layout and drawing measure alike, and the program starts sooner.
 */
const ownStringWidth = {
  name: 'own-string-width',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, () => ({ path: 'string-width', namespace: 'own' }));
    onLoad({ filter: /^string-width$/, namespace: 'own' }, () => ({
      // CommonJS whose export is the function itself: cli-table3 requires it, yargs and cliui import its default.
      contents: `const { displayWidth } = require('./src/report/display-width.ts');
module.exports = displayWidth;
module.exports.default = displayWidth;`,
      resolveDir: process.cwd(),
    }));
  },
};

const { metafile } = await build({
  // The last entry is the code that a thread of `wscap check` runs.
  entryPoints: [
    'src/index.ts',
    'src/reporters.ts',
    'src/vitest.ts',
    'src/cli/main.ts',
    'src/cli/check/worker.ts',
  ],
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // pcap-parser is from 2012: bundled, it would print warning DEP0005; as a package in node_modules it doesn't.
  // vitest must be the one that runs the user's tests.
  external: ['pcap-parser', 'vitest'],
  define: { __WSCAP_VERSION__: JSON.stringify(version), ...(await pageAssets()) },
  // CommonJS dependencies (cli-table3) call require for Node's own modules.
  banner: {
    js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
  },
  plugins: [ownStringWidth],
  logLevel: 'warning',
  metafile: true,
});
// Removes chunks of an earlier build: their names contain hashes of their content, so they aren't overwritten.
for (const name of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  const path = join('dist', name);
  if (path.endsWith('.js') && metafile.outputs[path] === undefined) rmSync(path);
}
chmodSync('dist/cli/main.js', 0o755);

if (withTypes) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
}
