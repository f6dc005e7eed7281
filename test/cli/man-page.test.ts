import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandFacts } from '../../src/cli/command-facts.ts';
import { COMMANDS } from '../../src/cli/commands/commands.ts';
import { manPage } from '../../src/cli/man-page.ts';

const page = readFileSync('docs/wscap.1', 'utf8');

it('says what the commands say now; otherwise: npm run man', () => {
  expect(page).toBe(manPage(COMMANDS));
});

it('has every command, with its options and examples', () => {
  for (const command of COMMANDS) {
    const { syntax, description, options, examples } = commandFacts(command);
    expect(syntax.startsWith(command.name), command.name).toBe(true);
    expect(description).not.toBe('');
    expect(Object.keys(options)).toEqual(Object.keys(command.options));
    // Help without an example explains nothing.
    expect(examples.length, command.name).toBeGreaterThan(0);
    expect(page).toContain(`.SS wscap ${command.name.replaceAll('-', '\\-')}`);
  }
});

it.skipIf(spawnSync('groff', ['--version']).status !== 0)('is roff that groff has no complaint about', () => {
  const { status, stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-ww', '-z', 'docs/wscap.1'], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
