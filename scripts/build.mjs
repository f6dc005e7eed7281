// Builds dist/: JavaScript by esbuild (split into chunks, so that each command loads only what it needs),
// type declarations by tsc. `--no-types` leaves the declarations out.
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
 * cli-table3 and yargs measure text with string-width, which builds an Intl.Segmenter when it is loaded. They get the
 * report's own measure instead: the table is then laid out and drawn by the same one, and the program starts sooner.
 */
const ownStringWidth = {
  name: 'own-string-width',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, () => ({ path: 'string-width', namespace: 'own' }));
    onLoad({ filter: /^string-width$/, namespace: 'own' }, () => ({
      // CommonJS whose exports are the function: cli-table3 requires it, yargs and cliui import its default.
      contents: `const { displayWidth } = require('./src/report/display-width.ts');
module.exports = displayWidth;
module.exports.default = displayWidth;`,
      resolveDir: process.cwd(),
    }));
  },
};

const { metafile } = await build({
  // The last one is what a thread of `wscap check` runs.
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
  // pcap-parser is from 2012: bundled into our files it prints DEP0005, as a package in node_modules it doesn't. vitest
  // must be the one that runs the tests.
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
// Chunks of an earlier build, whose names hold hashes of what is in them.
for (const name of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  const path = join('dist', name);
  if (path.endsWith('.js') && metafile.outputs[path] === undefined) rmSync(path);
}
chmodSync('dist/cli/main.js', 0o755);

if (withTypes) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
}
