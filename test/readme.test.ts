/** README.md is true: its commands exist, its example is what the program prints, its links lead somewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../src/cli/config/check-config.ts';
import { Place } from '../src/cli/config/place.ts';
import { ALL_RULES } from '../src/rules/index.ts';
import { wscap as run } from './cli/run-wscap.ts';
import { REPOSITORY } from './helpers/captures.ts';
import { documentedPages } from './helpers/documented-commands.ts';

const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8');

async function wscap(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args, { cwd: REPOSITORY });
  // Exit code 1 of diff says that it found something.
  expect({ code, stderr }, args.join(' ')).toEqual({ code: args[0] === 'diff' ? 1 : 0, stderr: '' });
  return stdout;
}

describe('README.md', () => {
  it('shows what the program prints', async () => {
    for (const [text, commands] of [
      [readme, ['analyze', 'follow']],
      [readFileSync(join(REPOSITORY, 'docs/follow.md'), 'utf8'), ['follow']],
      [readFileSync(join(REPOSITORY, 'docs/diff.md'), 'utf8'), ['diff']],
    ] as const) {
      const examples = [...text.matchAll(/<!-- example: (.+) -->\n\n```\n([^]*?)```/g)];
      expect(examples.map(([, command]) => command!.split(' ')[0])).toEqual(commands);
      for (const [, command, output] of examples) expect(await wscap(command!.split(' '))).toBe(output);
    }
  });

  it('names a fixture to try that finds the handshake-close', async () => {
    const command = /npx wscap (analyze fixtures\S+)/.exec(readme)![1]!;
    expect(await wscap(command.split(' '))).toContain('handshake-close');
  });

  it('has every option that it shows', async () => {
    const help = await wscap(['analyze', '--help']);
    const options = [...readme.matchAll(/wscap analyze [^`|]*?(--[a-z-]+)/g)].map((match) => match[1]!);
    expect(options.length).toBeGreaterThan(3);
    for (const option of options) expect(help).toContain(option);
  });

  it('has every option of follow that it shows, with values that are taken', async () => {
    const section = /## Read what was said\n([^]*?)\n## /.exec(readme)![1]!;
    const options = [...section.matchAll(/`(--[a-z-]+(?: \w+)?)`/g)].map((match) => match[1]!.split(' '));
    expect(options.length).toBeGreaterThan(4);
    const capture = 'fixtures/clean/text-binary-ping.pcap';
    const help = await wscap(['follow', '--help']);
    for (const [option, ...value] of options) {
      expect(help).toContain(option);
      if (option !== '--max-bytes') expect(await wscap(['follow', capture, option!, ...value])).not.toBe('');
    }
  });

  it('explains the rules that it says it explains', async () => {
    const commands = [...readme.matchAll(/wscap (explain [a-z-]+)`/g)].map((match) => match[1]!);
    expect(commands.length).toBeGreaterThan(1);
    for (const command of commands) expect(await wscap(command.split(' '))).toContain('What to look at next');
  });

  it('shows a config file that the program takes', () => {
    for (const text of [readme, readFileSync(join(REPOSITORY, 'docs/config.md'), 'utf8')]) {
      const example = /```json\n(\{\n {2}"\$schema"[^]*?)```/.exec(text)![1]!;
      expect(() => checkConfig(JSON.parse(example), new Place('example'))).not.toThrow();
    }
  });

  it.each(['README.md', 'CONTRIBUTING.md', ...documentedPages().slice(1)])(
    'links to files that exist (%s)',
    (page) => {
      const text = readFileSync(join(REPOSITORY, page), 'utf8');
      const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
      expect(links.filter((link) => !existsSync(join(REPOSITORY, dirname(page), link)))).toEqual([]);
    },
  );

  it('lists every rule', () => {
    for (const { id } of ALL_RULES) expect(readme).toContain(`docs/rules/${id}.md`);
  });
});
