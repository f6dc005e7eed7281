import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wscap, wscapProcess } from './run-wscap.ts';

const GOOD = 'fixtures/diff/production.pcap';
const BAD = 'fixtures/diff/beta.pcap';
const TOKEN = 'YmV0YS1zZXNzaW9uLW51bWJlci0wMQ';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wscap-diff-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('wscap diff', () => {
  it('exits with 1 where they differ, 0 where they do not', async () => {
    const differs = await wscap(['diff', GOOD, BAD]);
    expect(differs).toMatchObject({ code: 1, stderr: '' });
    expect(differs.stdout).toMatch(/^✖ \/chat: clean in good, handshake-close in bad/);
    expect(await wscap(['diff', BAD, BAD])).toMatchObject({ code: 0, stderr: '' });
  });

  it("asks back where the arguments can't be meant so", async () => {
    const same = await wscap(['diff', BAD, BAD]);
    expect(same.stdout.split('\n')[1]).toBe('  Both are the same capture: nothing can differ.');
    const swapped = await wscap(['diff', BAD, GOOD]);
    expect(swapped.stdout).toContain(
      '\n  Is it the other way round? The good capture comes first: wscap diff GOOD BAD.\n',
    );
    expect((await wscap(['diff', GOOD, BAD])).stdout).not.toMatch(/other way round|same capture/);
  });

  it('says which capture shows no WebSocket, and has nothing to pair then', async () => {
    const without = 'fixtures/other/http-only.pcap';
    const { code, stdout } = await wscap(['diff', GOOD, without]);
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(0, 2).join(' ')).toMatch(
      /^! no WebSocket and no upgrade request in the bad capture, 1 connection in the +other/,
    );
    expect(stdout).not.toContain('--pair');
  });

  it('writes several outputs, and redacts what goes into a ticket', async () => {
    const inside = (name: string) => join(directory, name);
    const names = ['a.json', 'b.md', 'c.txt'];
    const outcome = await wscap(['diff', GOOD, BAD, ...names.flatMap((name) => ['-o', inside(name)])]);
    expect(outcome).toEqual({ code: 1, stdout: '', stderr: '' });
    expect(readdirSync(directory)).toEqual(names);
    const [json, markdown, table] = names.map((name) => readFileSync(inside(name), 'utf8'));
    expect(JSON.parse(json!)).toMatchObject({ schema: 'wscap/diff@1', differs: true });
    expect(json).toContain(TOKEN);
    expect(markdown).toMatch(/^### ❌ \/chat/);
    expect(markdown).not.toContain(TOKEN);
    expect(table).toMatch(/^✖ \/chat/);
    const redacted = await wscap(['diff', GOOD, BAD, '--all', '--redact']);
    expect(redacted.stdout).not.toContain(TOKEN);
    expect(redacted.stdout).toContain('[redacted');
  });

  it('pairs as it is told', async () => {
    const { stdout } = await wscap(['diff', GOOD, BAD, '--pair', '0:1', '-f', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      pairs: [{ pairedBy: 'asked', bad: { id: 1 } }],
      unpaired: [],
    });
    const byHost = await wscap(['diff', GOOD, BAD, '--by', 'host']);
    expect(byHost.stdout).toMatch(
      /^✖ 1 connection only in the good capture and 2 connections only in the bad/,
    );
  });

  it('prints the same bytes each time', async () => {
    const first = await wscapProcess(['diff', GOOD, BAD, '-f', 'json'], { env: { TZ: 'Asia/Tokyo' } });
    expect(await wscapProcess(['diff', GOOD, BAD, '-f', 'json'])).toEqual(first);
  });

  it('reads one of them from standard input', async () => {
    const outcome = await wscap(['diff', GOOD, '-'], { input: readFileSync(BAD) });
    expect(outcome).toMatchObject({ code: 1, stderr: '' });
    expect(outcome.stdout).toContain('standard input');
  });

  it.each([
    [[GOOD], 'two captures are needed, the good one first; try "wscap diff --help"'],
    [[GOOD, 'no-such.pcap'], 'no-such.pcap: no such file'],
    [[GOOD, BAD, '--pair', '0'], '--pair: "0" is not a pair of numbers; give some, as in --pair 0:2'],
    [[GOOD, BAD, '--pair', '0:9'], '--pair: the bad capture has no connection 9 to pair'],
    [[GOOD, BAD, '-o', 'x.html'], 'has an ending that means html, which diff does not write'],
    [[GOOD, BAD, '-f', 'html'], '--format html is not known: choose one of table, json, markdown'],
    [[GOOD, BAD, BAD], 'is one argument too many'],
    [['-', '-'], 'can be read only once'],
    [['fixtures/other/http-only.pcap', 'fixtures/other/udp-only.pcap'], 'there is nothing to compare'],
    [[GOOD, BAD, '--palr', '0:1'], 'unknown option --palr, did you mean --pair?'],
  ])('refuses %j with a line that says why', async (args, message) => {
    const outcome = await wscap(['diff', ...args]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
