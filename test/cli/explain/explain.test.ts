/** `wscap explain` as users meet it: through the command line. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/report/display-width.ts';
import { createTheme } from '../../../src/report/terminal/theme.ts';
import { rulePageLines } from '../../../src/cli/explain/rule-page.ts';
import { ALL_RULES } from '../../../src/rules/index.ts';
import { onTerminal, wscap } from '../run-wscap.ts';

describe('wscap explain RULE', () => {
  it('prints the facts, then the page', async () => {
    const { code, stdout, stderr } = await wscap(['explain', 'accept-mismatch']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^✖ accept-mismatch\n {2}Sec-WebSocket-Accept does not match the key\.\n\n {2}severity +error\n {2}rests on +RFC 6455/,
    );
    expect(stdout).toContain('--rule accept-mismatch=off');
    expect(stdout).toMatch(/\n\nWhat it means\n {2}The 101 carries a `Sec-WebSocket-Accept` that/);
    expect(stdout).toContain('\n\nSeen in\n  - ');
    expect(stdout).not.toContain('\u001b');
  });

  it('says more of the severity where the page does', async () => {
    const { stdout } = await wscap(['explain', 'handshake-close']);
    expect(stdout).toMatch(/^ {2}severity +error, warning or info, by what came before the close$/m);
  });

  it.each([
    ['coalesced-first-frame', 'info; warning where the client never sent a frame'],
    ['retransmissions', "info, or warning above 5 % of a side's data segments"],
  ])('begins with the mildest where the page does: %s', async (rule, severity) => {
    const { stdout } = await wscap(['explain', rule]);
    expect(stdout).toContain(`  severity   ${severity}`);
  });

  it('gives all of it as JSON', async () => {
    const { stdout } = await wscap(['explain', 'accept-mismatch', '-f', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      id: 'accept-mismatch',
      group: 'Opening handshake',
      title: 'Sec-WebSocket-Accept does not match the key',
      severity: 'error',
      requires: expect.any(Array) as unknown,
      options: [],
      page: readFileSync('docs/rules/accept-mismatch.md', 'utf8'),
    });
  });

  it('writes ASCII where the locale is not UTF-8, and as told', async () => {
    const { stdout } = await wscap(['explain', 'handshake-close', '--ascii']);
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
    expect(stdout).toContain('RFC 6455 section 7.1.1');
    expect((await wscap(['explain', 'handshake-close'], { env: { LC_ALL: 'C' } })).stdout).toBe(stdout);
  });

  it('colours a terminal and fits it, up to 100 columns', async () => {
    for (const [columns, widest] of [
      [30, 30],
      [80, 80],
      [200, 100],
    ] as const) {
      for (const args of [['explain', 'handshake-close'], ['explain']]) {
        const lines = (await onTerminal(columns, args)).split('\n');
        expect(lines.join()).toContain('\u001b[1m');
        expect(
          Math.max(...lines.map(displayWidth)),
          `${args.join(' ')}, ${columns} columns`,
        ).toBeLessThanOrEqual(widest);
        if (columns > 30) expect(Math.max(...lines.map(displayWidth))).toBeGreaterThan(widest - 20);
      }
    }
    expect(await onTerminal(80, ['explain', 'handshake-close', '--no-color'])).not.toContain('\u001b[');
  });
});

describe('wscap explain', () => {
  it('lists every rule in its group', async () => {
    const { code, stdout, stderr } = await wscap(['explain']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Opening handshake\n/);
    expect(stdout).toMatch(/^ {2}✖ error {4}handshake-close +The server closed the connection right/m);
    for (const { id } of ALL_RULES) expect(stdout).toContain(` ${id} `);
  });

  it('lists them as JSON', async () => {
    const { rules } = JSON.parse((await wscap(['explain', '--format', 'json'])).stdout) as {
      rules: { id: string }[];
    };
    expect(rules.map(({ id }) => id).toSorted()).toEqual(ALL_RULES.map(({ id }) => id).toSorted());
  });
});

describe('wrong usage: one line and exit code 2', () => {
  it.each([
    [
      ['handshke-close'],
      'there is no rule "handshke-close", did you mean "handshake-close"? Try "wscap explain"',
    ],
    [['mismatch'], 'there is no rule "mismatch", did you mean "accept-mismatch"? Try "wscap explain"'],
    [['nonsense'], 'there is no rule "nonsense"; try "wscap explain"'],
    [['a\u001b[2J'], 'there is no rule "a\\x1b[2J"; try "wscap explain"'],
    [['a', 'b'], '"b" is one argument too many; try "wscap explain --help"'],
    [['--formt', 'json'], 'unknown option --formt, did you mean --format? Try "wscap explain --help"'],
    [['--window', '5'], 'unknown option --window; try "wscap explain --help"'],
    [['-f', 'table'], '--format table is not known: choose one of text, json; try "wscap explain --help"'],
  ])('explain %j', async (args, message) => {
    expect(await wscap(['explain', ...args])).toEqual({ code: 2, stdout: '', stderr: `wscap: ${message}\n` });
  });
});

const PAGES = ALL_RULES.filter(({ id }) => existsSync(`docs/rules/${id}.md`));

it.each(PAGES.map((rule) => [rule.id, rule] as const))(
  'the page of %s can be shown on any terminal',
  (id, rule) => {
    const page = readFileSync(`docs/rules/${id}.md`, 'utf8');
    for (const width of [28, 60, 100]) {
      for (const ascii of [false, true]) {
        const lines = rulePageLines(rule, page, createTheme({ color: false, ascii }), width);
        for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
        // A character that can not be written in ASCII.
        expect(lines.filter((line) => line.includes('\\u{'))).toEqual([]);
        // Markdown that was not understood.
        expect(lines.filter((line) => /\*\*|\]\(|^ *(#|>|\||```|<[a-z])/.test(line))).toEqual([]);
        expect(lines.filter((line) => line.endsWith(' '))).toEqual([]);
      }
    }
  },
);
