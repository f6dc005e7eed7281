/** The package as somebody who installs it gets it: packed, installed in an empty project, run, imported, type-checked. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES, REPOSITORY } from './helpers/captures.ts';
import { createForeignProject, INSTALL_TIMEOUT_MS, type Packed } from './helpers/foreign-project.ts';
import { BROKEN } from './cli/run-wscap.ts';

/** Compressed. The page of the HTML report, the extractor and their documentation are a third of it. */
const LARGEST_PACKAGE = 1_000_000;

let project: string;
let packed: Packed;

beforeAll(() => {
  ({ directory: project, packed } = createForeignProject());
}, INSTALL_TIMEOUT_MS + 15_000);

afterAll(() => {
  rmSync(project, { recursive: true });
});

function wscap(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(join(project, 'node_modules/.bin/wscap'), args, { cwd: project, encoding: 'utf8' });
}

describe('the package', () => {
  it('holds the program, its types and its documentation, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'dist/cli/main.js',
        'dist/index.d.ts',
        'dist/index.js',
        'dist/reporters.d.ts',
        'dist/reporters.js',
        'dist/vitest.d.ts',
        'dist/vitest.js',
        'docs/check.schema.json',
        'docs/config.schema.json',
        'docs/diff.schema.json',
        'docs/expectation.schema.json',
        'docs/follow.schema.json',
        'docs/report.schema.json',
        'docs/rules/handshake-close.md',
        'docs/wscap.1',
      ]),
    );
    expect(
      paths.filter((path) => !/^(dist|docs)\/|^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(path)),
    ).toEqual([]);
    expect(packed.size).toBeLessThan(LARGEST_PACKAGE);
  });

  it('runs where it was installed', () => {
    const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(wscap('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
    const { status, stdout, stderr } = wscap('analyze', BROKEN, '--fail-on', 'error');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('handshake-close');
  });

  it('finds its second reader', () => {
    expect(wscap('--reader', 'pcap-parser', BROKEN)).toMatchObject({ status: 0, stderr: '' });
  });

  it('inflates by pako where Node’s private zlib handle is gone', () => {
    const capture = join(FIXTURES, 'deflate/both-keep-context.pcap');
    const preload = join(project, 'no-handle.mjs');
    writeFileSync(
      preload,
      `const { getBuiltinModule } = process;
process.getBuiltinModule = (name) =>
  name === 'node:zlib'
    ? { ...getBuiltinModule(name), createInflateRaw: () => (console.error('no handle'), {}) }
    : getBuiltinModule(name);
`,
    );
    const program = join(project, 'node_modules/wscap/dist/cli/main.js');
    const analyzed = (...options: string[]) =>
      spawnSync(process.execPath, [...options, program, 'follow', capture, '-f', 'json', '-c', '0'], {
        encoding: 'utf8',
      });
    const usual = analyzed();
    expect({ status: usual.status, stderr: usual.stderr }).toEqual({ status: 0, stderr: '' });
    expect(usual.stdout).toContain('"compressed": true');
    const { status, stdout, stderr } = analyzed('--import', preload);
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'no handle\n' });
    expect(stdout).toBe(usual.stdout);
  });

  it('explains its rules, from the pages that it brings along', () => {
    const { status, stdout, stderr } = wscap('explain', 'handshake-close');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('What to look at next');
  });

  it.each(['report', 'config', 'follow', 'diff', 'expectation', 'check'])(
    'brings the schema of %s',
    (name) => {
      expect(existsSync(join(project, `node_modules/wscap/docs/${name}.schema.json`))).toBe(true);
      const script = `import schema from 'wscap/${name}.schema.json' with { type: 'json' }; console.log(typeof schema);`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: project,
        encoding: 'utf8',
      });
      expect(stdout).toBe('object\n');
    },
  );
});
