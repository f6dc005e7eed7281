/** Every command that README.md and docs/ show runs as it stands there. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandsOf, documentedPages, prepareFolder } from './helpers/documented-commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-docs-'));
const environment = prepareFolder(folder);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The exit code, or what it said on stderr where it was none of "analysed" and "found something". */
function outcomeOf(command: string): Promise<string | number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', command], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('error', reject).on('close', (code) => {
      resolve(code === 0 || code === 1 ? code : `exit code ${code}: ${said}`);
    });
  });
}

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
    expect(await outcomeOf(command)).toBeTypeOf('number');
  });
});
