/** The package as somebody who installs it gets it: packed, installed in an empty project, run, imported, type-checked. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from './helpers/captures.ts';
import { BROKEN } from './cli/run-wscap.ts';

const INSTALL_TIMEOUT_MS = 45_000;
/** Beside all other tests on two cores. */
const COMPILE_TIMEOUT_MS = 90_000;
/** Compressed. The page of the HTML report, the extractor and their documentation are a third of it. */
const LARGEST_PACKAGE = 600_000;

interface Packed {
  filename: string;
  size: number;
  files: { path: string }[];
}

let project: string;
let packed: Packed;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'wscap-package-'));
  // Without scripts: `prepare` would build dist/ anew under the feet of the other tests.
  const output = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
    cwd: REPOSITORY,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  packed = packedOf(output);
  write('package.json', JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  install(packed.filename);
}, INSTALL_TIMEOUT_MS + 15_000);

afterAll(() => {
  rmSync(project, { recursive: true });
});

/** npm 11 and before print a list, npm 12 an object by name. */
function packedOf(output: string): Packed {
  const parsed = JSON.parse(output) as Record<string, Packed>;
  return Object.values(parsed)[0]!;
}

/** With npm; where it reaches no registry, unpacked by hand beside the checkout's own dependencies. */
function install(tarball: string): void {
  const args = [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--fetch-retries=0',
    `./${tarball}`,
  ];
  const { status } = spawnSync('npm', args, { cwd: project, timeout: INSTALL_TIMEOUT_MS, stdio: 'ignore' });
  if (status === 0) return;
  const modules = join(project, 'node_modules');
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(join(modules, 'wscap'), { recursive: true });
  mkdirSync(join(modules, '.bin'));
  execFileSync('tar', ['-xzf', tarball, '-C', join(modules, 'wscap'), '--strip-components=1'], {
    cwd: project,
  });
  const { bin, dependencies } = JSON.parse(readFileSync(join(modules, 'wscap/package.json'), 'utf8')) as {
    bin: { wscap: string };
    dependencies: Record<string, string>;
  };
  symlinkSync(`../wscap/${bin.wscap}`, join(modules, '.bin/wscap'));
  for (const name of Object.keys(dependencies)) {
    symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name));
  }
}

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

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
        'docs/config.schema.json',
        'docs/expectation.schema.json',
        'docs/follow.schema.json',
        'docs/report.schema.json',
        'docs/rules/handshake-close.md',
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

  it('explains its rules, from the pages that it brings along', () => {
    const { status, stdout, stderr } = wscap('explain', 'handshake-close');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('What to look at next');
  });

  it(
    'is a library with types',
    () => {
      write(
        'use.ts',
        `import { analyze, CaptureError, type Report } from 'wscap';
const report: Report = await analyze(process.argv[2]!, { windowMs: 50, signal: AbortSignal.timeout(10_000) });
for (const connection of report.connections) console.log(connection.id, connection.verdict);
const error: unknown = await analyze('no such file').catch((reason: unknown) => reason);
if (error instanceof CaptureError) console.log(error.path, error.offset);
const aborted: unknown = await analyze(process.argv[2]!, { signal: AbortSignal.abort('enough') }).catch((reason: unknown) => reason);
console.log(aborted);
`,
      );
      write(
        'tsconfig.json',
        JSON.stringify({
          compilerOptions: {
            target: 'es2023',
            module: 'nodenext',
            strict: true,
            // The declarations of the package are looked at too.
            skipLibCheck: false,
            types: ['node'],
            typeRoots: [join(REPOSITORY, 'node_modules/@types')],
          },
          files: ['use.ts'],
        }),
      );
      const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
      const compiled = spawnSync(process.execPath, [tsc], { cwd: project, encoding: 'utf8' });
      expect(compiled.stdout).toBe('');
      const output = execFileSync(process.execPath, ['use.js', BROKEN], { cwd: project, encoding: 'utf8' });
      expect(output).toBe('0 handshake-close\nno such file undefined\nenough\n');
    },
    COMPILE_TIMEOUT_MS,
  );

  it.each(['report', 'config', 'follow', 'expectation'])('brings the schema of %s', (name) => {
    expect(existsSync(join(project, `node_modules/wscap/docs/${name}.schema.json`))).toBe(true);
    const script = `import schema from 'wscap/${name}.schema.json' with { type: 'json' }; console.log(typeof schema);`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(stdout).toBe('object\n');
  });
});
