/** An empty project into which the package is packed and installed, as somebody who uses it has it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { REPOSITORY } from './captures.ts';

export const INSTALL_TIMEOUT_MS = 45_000;

export interface Packed {
  filename: string;
  size: number;
  files: { path: string }[];
}

export interface ForeignProject {
  readonly directory: string;
  readonly packed: Packed;
  readonly write: (name: string, text: string) => void;
}

export function createForeignProject(): ForeignProject {
  const directory = mkdtempSync(join(tmpdir(), 'wscap-package-'));
  // Without scripts: `prepare` would build dist/ again while other tests use it.
  const output = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', directory],
    {
      cwd: REPOSITORY,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const packed = packedOf(output);
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  };
  write('package.json', JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  install(directory, packed.filename);
  return { directory, packed, write };
}

/** npm 11 and before print a list, npm 12 an object by name. */
function packedOf(output: string): Packed {
  const parsed = JSON.parse(output) as Record<string, Packed>;
  return Object.values(parsed)[0]!;
}

/** With npm; where it reaches no registry, unpacked by hand beside the checkout's own dependencies. */
function install(project: string, tarball: string): void {
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
  mkdirSync(join(modules, 'wscap'), { recursive: true });
  mkdirSync(join(modules, '.bin'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', join(modules, 'wscap'), '--strip-components=1'], {
    cwd: project,
  });
  const { bin, dependencies } = JSON.parse(readFileSync(join(modules, 'wscap/package.json'), 'utf8')) as {
    bin: { wscap: string };
    dependencies: Record<string, string>;
  };
  symlinkSync(`../wscap/${bin.wscap}`, join(modules, '.bin/wscap'));
  for (const name of Object.keys(dependencies)) borrow(project, name);
}

/** A package of the checkout, for what a project would install itself. */
export function borrow(project: string, name: string): void {
  mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules', name), join(project, 'node_modules', name));
}
