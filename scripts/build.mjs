// Builds dist/: JavaScript by esbuild (split into chunks, so that each command loads only what it needs),
// type declarations by tsc. `--no-types` leaves the declarations out.
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const root = new URL('../', import.meta.url);
process.chdir(root.pathname);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const withTypes = !process.argv.includes('--no-types');
if (withTypes) rmSync('dist', { recursive: true, force: true });

await build({
  entryPoints: ['src/index.ts', 'src/cli/main.ts'],
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // pcap-parser is from 2012: bundled into our files it prints DEP0005, as a package in node_modules it doesn't.
  external: ['pcap-parser'],
  define: { __WSCAP_VERSION__: JSON.stringify(version) },
  // CommonJS dependencies (cli-table3) call require for Node's own modules.
  banner: {
    js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
  },
  logLevel: 'warning',
});
chmodSync('dist/cli/main.js', 0o755);

if (withTypes) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
}
