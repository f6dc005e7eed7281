/** The core runs wherever JavaScript runs: what needs Node stands in platform/node/, and something for it in platform/web/. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../helpers/captures.ts';

const SOURCES = join(REPOSITORY, 'src');

/** Rooms, and files on the ground floor, that run on Node only. The page's own code runs in a browser only. */
const NOT_CORE = ['cli', 'extract', 'library', 'vitest', 'platform/node', 'report/html/client'];

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);
const coreFiles = files.filter(
  (path) => path.includes('/') && !NOT_CORE.some((room) => path.startsWith(`${room}/`)),
);

/** A comment about Node is not a use of Node. */
function codeOf(path: string): string {
  return readFileSync(join(SOURCES, path), 'utf8').replace(/\/\*[^]*?\*\/|(?<![:'])\/\/.*$/gm, '');
}

/** Names that only Node has. */
const OF_NODE = /'node:|\bBuffer\b|\bprocess\.|\bNodeJS\b|\bsetImmediate\b|\b__dirname\b/;

interface Config {
  readonly include: readonly string[];
  readonly compilerOptions: { readonly types: readonly string[] };
}

describe('the core', () => {
  it('names nothing that only Node has', () => {
    expect(coreFiles.length).toBeGreaterThan(200);
    expect(coreFiles.filter((path) => OF_NODE.test(codeOf(path)))).toEqual([]);
  });

  it('is searched in a way that finds such names in platform/node/', () => {
    expect(codeOf('platform/node/sha1.ts')).toMatch(OF_NODE);
    expect(codeOf('platform/node/text.ts')).toMatch(OF_NODE);
    expect(codeOf('platform/node/raw-inflate.ts')).toMatch(OF_NODE);
  });

  it('is compiled without the types of Node, all of it', () => {
    const config = JSON.parse(readFileSync(join(REPOSITORY, 'tsconfig.core.json'), 'utf8')) as Config;
    expect(config.compilerOptions.types).toEqual([]);
    const rooms = new Set(coreFiles.map((path) => `src/${path.split('/')[0]!}`));
    rooms.delete('src/platform');
    expect(config.include.filter((path) => !path.startsWith('src/platform/'))).toEqual([...rooms].sort());
    expect(config.include).toEqual(expect.arrayContaining(['src/platform/*.ts', 'src/platform/web']));
  });
});

describe('the platform', () => {
  const namesIn = (folder: string): string[] =>
    files
      .filter((path) => path.startsWith(`platform/${folder}/`) && !path.endsWith('.d.ts'))
      .map((path) => path.slice(`platform/${folder}/`.length));

  it('has for each thing of the web one of Node', () => {
    expect(namesIn('web').length).toBeGreaterThan(8);
    expect(namesIn('web').filter((name) => !namesIn('node').includes(name))).toEqual([]);
  });

  it('has both for each thing that is imported', () => {
    const imported = new Set(
      files.flatMap((path) => [...codeOf(path).matchAll(/'#platform\/([^']+)'/g)].map((match) => match[1]!)),
    );
    expect(imported.size).toBeGreaterThan(8);
    const missing = [...imported].filter(
      (name) => !namesIn('web').includes(`${name}.ts`) || !namesIn('node').includes(`${name}.ts`),
    );
    expect(missing).toEqual([]);
  });

  it('is chosen by the import, never by a path', () => {
    const byPath = files.filter(
      (path) => !path.startsWith('platform/') && /'\.[^']*\/platform\/(?:node|web)\//.test(codeOf(path)),
    );
    expect(byPath).toEqual([]);
  });

  it('keeps the web free of what is for Node', () => {
    const mixed = files.filter(
      (path) => path.startsWith('platform/web/') && codeOf(path).includes("'../node/"),
    );
    expect(mixed).toEqual([]);
  });
});
