import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planOutputs } from '../../src/cli/output-plan.ts';
import { secretCapture } from '../redact/secret-capture.ts';
import { BROKEN, wscap } from './run-wscap.ts';

const TOKENS = 'fixtures/founding/swoole-reconnects.pcap';

let directory: string;
const inside = (name: string) => join(directory, name);
const read = (name: string) => readFileSync(inside(name), 'utf8');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wscap-outputs-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('several outputs', () => {
  it('are written by their endings, and standard output too', async () => {
    const names = ['a.md', 'b.json', 'c.xml', 'd.txt'];
    const outcome = await wscap([
      BROKEN,
      '-f',
      'github',
      '-o',
      '-',
      ...names.flatMap((name) => ['-o', inside(name)]),
    ]);
    const wrote = [
      ['a.md', 'markdown'],
      ['b.json', 'json'],
      ['c.xml', 'junit'],
      ['d.txt', 'table'],
    ].map(([name, format]) => `wscap: wrote ${inside(name!)} (${format!})\n`);
    expect(outcome).toMatchObject({ code: 0, stderr: wrote.join('') });
    expect(outcome.stdout).toMatch(/^::error .*handshake-close/);
    expect(read('a.md')).toMatch(/^### ❌ handshake-close/);
    expect(JSON.parse(read('b.json'))).toMatchObject({ schema: 'wscap/report@1' });
    expect(read('c.xml')).toMatch(/^<\?xml/);
    expect(read('d.txt')).toMatch(/^✖ /);
    expect(readdirSync(directory)).toEqual(names);
  });

  it('name the capture by the SHA-256 that sha256sum gives', async () => {
    const digest = createHash('sha256').update(readFileSync(BROKEN)).digest('hex');
    await wscap([BROKEN, '-o', inside('a.md'), '-o', inside('b.json')]);
    expect(read('a.md')).toContain(digest);
    expect(read('b.json')).toContain(digest);
    expect((await wscap([BROKEN, '-f', 'json'])).stdout).not.toContain('sha256');
    const piped = await wscap(['-', '-f', 'markdown'], { input: readFileSync(BROKEN) });
    expect(piped.stdout).toContain('SHA-256 not known');
  });

  it('leave nothing where one of them can not be written', async () => {
    const outcome = await wscap([BROKEN, '-o', inside('a.md'), '-o', inside('no/such/b.json')]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    [['-o', 'a.md', '-o', './a.md'], 'is given twice'],
    [['-o', '-', '-o', '/dev/stdout'], 'is given twice'],
    [['-f', 'json', '-o', 'a.md'], 'the ending of a.md means markdown'],
    [['-o', 'a.pfd'], 'the ending .pfd means no format'],
    [['--max-length', '10'], '--max-length 10 is not a whole number from 1000 up'],
    [['--redact-key='], '--redact-key needs a value'],
  ])('are refused as %j', async (args, message) => {
    const outcome = await wscap([BROKEN, ...args]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('stay under the length that is asked for', async () => {
    expect(
      (await wscap([TOKENS, '-f', 'markdown', '--max-length', '2000'])).stdout.length,
    ).toBeLessThanOrEqual(2000);
  });
});

describe('what is written beside a page', () => {
  it('is the same JSON as without the page: no payload stands in it', async () => {
    await wscap([TOKENS, '-o', inside('a.html'), '-o', inside('a.json'), '-o', inside('a.ndjson')]);
    await wscap([TOKENS, '-o', inside('alone.json')]);
    expect(read('a.json')).toBe(read('alone.json'));
    expect(read('a.json')).not.toContain('"activity"');
    expect(read('a.ndjson')).not.toContain('"activity"');
  });
});

describe('--redact', () => {
  const args = (format: string, ...more: string[]) =>
    wscap([TOKENS, '-f', format, ...more]).then(({ stdout }) => stdout);

  it('is on for what is made to be shown to others, off for the rest', async () => {
    for (const format of ['table', 'json']) {
      expect(await args(format)).toContain('room=lobby');
      expect(await args(format, '--redact')).not.toContain('lobby');
    }
    expect(await args('markdown')).not.toContain('lobby');
    expect(await args('markdown')).toContain('room=[redacted-1]');
    expect(await args('markdown', '--no-redact')).toContain('room=lobby');
  });

  it('gives the same bytes each time, with a key and without', async () => {
    for (const more of [[], ['--redact-key', 'k', '--anonymize-addresses']]) {
      expect(await args('json', '--redact', ...more)).toBe(await args('json', '--redact', ...more));
    }
  });

  it('is implied by a key', async () => {
    expect(await args('json', '--redact-key', 'k')).toMatch(/room=\[redacted-[0-9a-f]{8}\]/);
  });

  it('is apart from addresses, which are replaced in every format', async () => {
    const capture = secretCapture(7);
    writeFileSync(inside('dump.pcap'), capture.bytes);
    const { stdout } = await wscap([inside('dump.pcap'), '-f', 'json', '--anonymize-addresses']);
    expect(stdout).toMatch(/"address": "192\.0\.2\.\d+"/);
    expect(capture.secrets.some((secret) => stdout.includes(secret))).toBe(true);
    for (const address of capture.addresses) expect(stdout).not.toContain(address);
  });
});

describe('planOutputs', () => {
  it.each([
    [['a.md'], undefined, 'table', ['markdown']],
    [['a.MARKDOWN'], undefined, 'json', ['markdown']],
    [['a.txt'], undefined, 'json', ['table']],
    [['a.txt'], 'json', 'json', ['json']],
    [['report'], undefined, 'table', ['table']],
    [['report', 'a.json'], 'junit', 'junit', ['junit', 'json']],
    [[undefined, 'a.md'], undefined, 'table', ['table', 'markdown']],
    [[undefined], undefined, 'json', ['json']],
  ] as const)('gives %j with --format %s the formats', (paths, asked, fallback, formats) => {
    expect(planOutputs(paths, asked, fallback, '/work').map(({ format }) => format)).toEqual(formats);
  });
});
