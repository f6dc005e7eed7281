import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyze, compareReports } from '../../src/index.ts';
import * as reporters from '../../src/reporters.ts';
import { wscap } from '../cli/run-wscap.ts';

const GOOD = 'fixtures/diff/production.pcap';
const CAPTURE = 'fixtures/diff/beta.pcap';
const TOKEN = 'YmV0YS1zZXNzaW9uLW51bWJlci0wMQ';

const printed = async (args: readonly string[]): Promise<string> => (await wscap(args)).stdout;

describe('wscap/reporters', () => {
  it.each([
    ['table', 'formatTable'],
    ['json', 'formatJson'],
    ['ndjson', 'formatNdjson'],
    ['junit', 'formatJunit'],
    ['github', 'formatGithub'],
  ] as const)('formats %s as the command line does', async (format, name) => {
    const stdout = await printed([CAPTURE, '-f', format, '--no-config']);
    const text = reporters[name](await analyze(CAPTURE));
    const lines = (output: string) => (format === 'ndjson' ? output.split('\n').sort() : output);
    expect(lines(text)).toEqual(lines(stdout));
  });

  it('formats markdown and html as the command line does', async () => {
    const report = await analyze(CAPTURE, { sha256: true, activity: true });
    expect(reporters.formatMarkdown(report)).toBe(await printed([CAPTURE, '-f', 'markdown']));
    const html = reporters.formatHtml(await analyze(CAPTURE, { activity: true }));
    expect(html).toBe(await printed([CAPTURE, '-f', 'html']));
  });

  it('hides secrets where the command line does', async () => {
    const report = await analyze(CAPTURE, { activity: true });
    const { formatMarkdown, formatHtml, formatTable, formatJson, redact } = reporters;
    for (const text of [formatMarkdown(report), formatHtml(report), formatJson(redact(report))]) {
      expect(text).not.toContain(TOKEN);
    }
    expect(formatJson(report)).toContain(TOKEN);
    expect(formatTable(report, { all: true, columns: 300 })).toContain(TOKEN);
    expect(formatMarkdown(report, { redact: false })).toContain(TOKEN);
    expect(formatMarkdown(redact(report, { key: 'k' }))).toContain(
      /redacted-[\da-f]{6,}/.exec(formatJson(redact(report, { key: 'k' })))![0],
    );
    expect(redact(report, { secrets: false, addresses: true }).redaction).toMatchObject({
      secrets: false,
      addresses: true,
    });
  });

  it('formats comparisons as the command line does', async () => {
    const options = { activity: true, sha256: true };
    const reports = [await analyze(GOOD, options), await analyze(CAPTURE, options)] as const;
    const diff = compareReports(...reports);
    expect(reporters.formatDiffTable(diff)).toBe(await printed(['diff', GOOD, CAPTURE]));
    expect(reporters.formatDiffMarkdown(diff, reports)).toBe(
      await printed(['diff', GOOD, CAPTURE, '-f', 'markdown']),
    );
    const plain = compareReports(
      await analyze(GOOD, { activity: true }),
      await analyze(CAPTURE, { activity: true }),
    );
    expect(reporters.formatDiffJson(plain)).toBe(await printed(['diff', GOOD, CAPTURE, '-f', 'json']));
  });

  it('exports what the documentation names', () => {
    const page = readFileSync('docs/library.md', 'utf8');
    for (const name of Object.keys(reporters)) expect(page).toContain(name);
  });
});
