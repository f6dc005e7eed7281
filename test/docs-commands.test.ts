/**
 * Every command that README.md and docs/ show runs as it stands there: in a shell where it needs one, and otherwise
 * without a process.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { wscap } from './cli/run-wscap.ts';
import { commandsOf, documentedPages, prepareFolder } from './helpers/documented-commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-docs-'));
const environment = prepareFolder(folder);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** The arguments of a command in which a shell has nothing to expand, to quote or to join. */
function plainArguments(command: string): string[] | null {
  const [, args] = /^(?:npx )?wscap ([\w./:=,+@ -]+)$/.exec(command) ?? [];
  return args?.split(/ +/) ?? null;
}

function ended(command: string): Promise<Ended> {
  const args = plainArguments(command);
  return args === null ? inShell(command) : wscap(args, { cwd: folder, env: { NO_COLOR: '1' } });
}

function inShell(command: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', command], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject).on('close', (code) => {
      resolve({ code, stderr });
    });
  });
}

/** Commands that say by their exit code that they found something. */
const MAY_FIND = /--fail-on|wscap (?:check|diff|merge-reports)\b/;

const commands = new Map(
  documentedPages()
    .reverse()
    .flatMap((page) => commandsOf(page).map((command) => [command, page] as const)),
);

describe('commands in README.md and docs/', () => {
  it('are found', () => {
    expect(commands.size).toBeGreaterThan(30);
    expect([...commands.keys()].filter((command) => command.includes('extract')).length).toBeGreaterThan(4);
  });

  it.each([...commands])('%s (%s)', { timeout: 30_000 }, async (command) => {
    const { code, stderr } = await ended(command);
    if (code === 1) expect(command, stderr).toMatch(MAY_FIND);
    else expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  });
});
