import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/commands.ts';
import { completionScript } from '../../../src/cli/completion/completion.ts';
import { ALL_RULES } from '../../../src/rules/index.ts';
import { wscap } from '../run-wscap.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wscap-completion-'));
  writeFileSync(join(directory, 'dump.pcap'), '');
  writeFileSync(join(directory, 'two words.pcap'), '');
  writeFileSync(join(directory, 'bash.sh'), completionScript('bash', COMMANDS));
  writeFileSync(join(directory, 'zsh.sh'), completionScript('zsh', COMMANDS));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** What bash offers for the last of the words. */
function offered(...words: string[]): string[] {
  const script = `source ./bash.sh; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wscap; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['-c', script, 'bash', ...words], { cwd: directory, encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

describe.skipIf(!has('bash'))('completion for bash', () => {
  it('offers commands, options, their values, rules and files', () => {
    expect(offered('wscap', '')).toEqual(
      expect.arrayContaining([...COMMANDS.map(({ name }) => name), 'dump.pcap']),
    );
    expect(offered('wscap', 'du')).toEqual(['dump.pcap']);
    expect(offered('wscap', 'diff', '--by', '')).toEqual(['auto', 'host', 'path', 'order']);
    expect(offered('wscap', 'diff', '--by', '=', 'pa')).toEqual(['path']);
    expect(offered('wscap', 'analyze', '-f', 'j')).toEqual(['json', 'junit']);
    expect(offered('wscap', 'analyze', '--anon')).toEqual(['--anonymize-addresses']);
    expect(offered('wscap', 'explain', 'handshake')).toEqual(['handshake-close']);
    expect(offered('wscap', 'analyze', '--rule', '')).toEqual(ALL_RULES.map(({ id }) => id));
    expect(offered('wscap', 'analyze', 'two')).toEqual(['two words.pcap']);
    expect(offered('wscap', 'analyze', '-o', 'dump')).toEqual(['dump.pcap']);
    expect(offered('wscap', 'completion', 'z')).toEqual(['zsh']);
  });

  it('offers every option of every command', () => {
    for (const { name, options } of COMMANDS) {
      const names = offered('wscap', name, '--');
      for (const option of Object.keys(options)) expect(names).toContain(`--${option}`);
    }
  });
});

describe.skipIf(!has('zsh'))('completion for zsh', () => {
  it('is a script that zsh understands, with specs that _arguments takes', () => {
    const script = `
compdef() { : }
source ./zsh.sh
_arguments() { if [[ $1 == -C ]]; then state=rest; line=(diff); return 1; fi; print -rl -- "$@" }
_wscap`;
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { cwd: directory, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toContain('*--by=[how connections are paired');
    expect(stdout).toContain(':value:(auto host path order)');
    expect(stdout).toContain('*-o+[write to this file');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('*:file:_files');
  });
});

it('tells what shells there are', async () => {
  expect(await wscap(['completion', 'bash'])).toMatchObject({ code: 0, stderr: '' });
  const fish = await wscap(['completion', 'fish']);
  expect(fish).toMatchObject({ code: 2, stdout: '' });
  expect(fish.stderr).toContain('there is no completion for "fish", only for bash and zsh');
  expect((await wscap(['completion'])).stderr).toContain('no shell given: bash or zsh');
});
