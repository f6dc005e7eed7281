// Writes what the installed tshark says of each fixture into fixtures/<folder>/tshark.json: npm run record:tshark [-- folder…]
// To be run after a fixture was added or recorded anew; the diff shows what tshark sees otherwise than before.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

process.chdir(new URL('../', import.meta.url).pathname);
// Beside the sources, for they find the fixtures from where they are.
const bundle = `test/helpers/record-tshark.${process.pid}.bundle.mjs`;
await build({
  entryPoints: ['test/helpers/record-tshark.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
try {
  const { recordFacts } = await import(new URL(`../${bundle}`, import.meta.url).href);
  console.log(await recordFacts(process.argv.slice(2)));
} finally {
  rmSync(bundle, { force: true });
}
