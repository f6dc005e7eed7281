// Writes docs/config.schema.json and docs/expectation.schema.json from the rules and their options. Run `npm run
// schema` after changing any of them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format } from 'prettier';

const SCHEMAS = [
  { module: 'src/cli/config/json-schema.ts', name: 'configSchema', file: 'docs/config.schema.json' },
  {
    module: 'src/cli/check/expectation-schema.ts',
    name: 'expectationSchema',
    file: 'docs/expectation.schema.json',
  },
];

const root = new URL('../', import.meta.url);
process.chdir(root.pathname);

// Node 20 can't run TypeScript, so bundle it first.
const directory = mkdtempSync(join(tmpdir(), 'wscap-schema-'));
try {
  const options = JSON.parse(readFileSync('.prettierrc.json', 'utf8'));
  for (const { module, name, file } of SCHEMAS) {
    const outfile = join(directory, `${name}.mjs`);
    await build({
      entryPoints: [module],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
    });
    const schema = (await import(pathToFileURL(outfile).href))[name]();
    writeFileSync(file, await format(JSON.stringify(schema), { ...options, parser: 'json' }));
  }
} finally {
  rmSync(directory, { recursive: true });
}
