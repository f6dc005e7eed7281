// Writes docs/config.schema.json from the rules and their options: `npm run schema`, after a change to any of them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format } from 'prettier';

const root = new URL('../', import.meta.url);
process.chdir(root.pathname);

// Node 20 reads no TypeScript.
const directory = mkdtempSync(join(tmpdir(), 'wscap-schema-'));
const outfile = join(directory, 'json-schema.mjs');
try {
  await build({
    entryPoints: ['src/cli/config/json-schema.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  const { configSchema } = await import(pathToFileURL(outfile).href);
  const options = JSON.parse(readFileSync('.prettierrc.json', 'utf8'));
  const text = await format(JSON.stringify(configSchema()), { ...options, parser: 'json' });
  writeFileSync('docs/config.schema.json', text);
} finally {
  rmSync(directory, { recursive: true });
}
