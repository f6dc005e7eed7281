/** The promise of redaction, for what a comparison says about two captures. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { compareReports } from '../../src/compare/compare-reports.ts';
import { redactDiff } from '../../src/compare/redact-diff.ts';
import { renderDiffMarkdown } from '../../src/compare/print/markdown.ts';
import { renderDiffTable } from '../../src/compare/print/table.ts';
import { renderJson } from '../../src/report/json.ts';
import { secretCapture } from '../redact/secret-capture.ts';
import type { Report } from '../../src/report/model.ts';
import type { DiffReport } from '../../src/compare/model.ts';

const CASES = Number(process.env['WSCAP_REDACTION_CASES'] ?? 15);
/** Where a message cuts a value, this many characters of it may not be seen either. */
const LEAST_SHOWN = 6;

const FORMATS: Readonly<Record<string, (diff: DiffReport) => string>> = {
  json: (diff) => [...renderJson(diff)].join(''),
  table: (diff) => renderDiffTable(diff, { columns: 10_000, all: true, color: false, ascii: false }),
  markdown: (diff) => renderDiffMarkdown(diff, { maxLength: 1_000_000 }),
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wscap-redact-diff-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function reportOf(
  seed: number,
): Promise<{ report: Report; secrets: readonly string[]; addresses: readonly string[] }> {
  const { bytes, secrets, addresses } = secretCapture(seed);
  const path = join(directory, 'dump.pcap');
  writeFileSync(path, bytes);
  return { report: await analyze(path, { activity: true }), secrets, addresses };
}

describe('redactDiff', () => {
  it(`leaves no secret of either capture in any format (${CASES} pairs)`, async () => {
    let shown = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), fc.nat(1_000_000), fc.boolean(), async (seed, other, keyed) => {
        const [good, bad] = [await reportOf(seed), await reportOf(other)];
        const reports: [Report, Report] = [good.report, bad.report];
        const diff = compareReports(...reports, { by: 'order' });
        const key = keyed ? Uint8Array.of(1, 2, 3) : null;
        const redacted = redactDiff(diff, reports, { secrets: true, addresses: true, key });
        const secrets = [...good.secrets, ...bad.secrets];
        for (const [format, render] of Object.entries(FORMATS)) {
          const output = render(redacted).toLowerCase();
          for (const secret of secrets) {
            expect(
              output.includes(secret.slice(0, LEAST_SHOWN).toLowerCase()),
              `${secret} in ${format} of ${seed}, ${other}`,
            ).toBe(false);
          }
          for (const address of [...good.addresses, ...bad.addresses])
            expect(output, format).not.toContain(address);
        }
        const open = FORMATS['json']!(diff);
        shown += secrets.some((secret) => open.includes(secret)) ? 1 : 0;
      }),
      { numRuns: CASES },
    );
    // They would be there without it.
    expect(shown).toBeGreaterThan(CASES / 2);
  }, 600_000);

  it('marks equal values alike on both sides, and never changes what differs', async () => {
    const reports: [Report, Report] = [
      await analyze('fixtures/diff/production.pcap', { activity: true }),
      await analyze('fixtures/diff/beta.pcap', { activity: true }),
    ];
    const diff = compareReports(...reports);
    const redacted = redactDiff(diff, reports, { secrets: true, addresses: false, key: null });
    const shape = ({ pairs, totals, differs }: DiffReport) => ({
      totals,
      differs,
      fields: pairs.map(({ differences }) => differences.map(({ field, noise }) => [field, noise])),
    });
    expect(shape(redacted)).toEqual(shape(diff));
    const cookie = redacted.pairs[0]!.differences.find(({ field }) => field === 'header cookie')!;
    expect(cookie.good.value).toMatch(/^session=\[redacted-\d+\]; region=(\[redacted-\d+\])$/);
    expect(cookie.bad.value!.split('region=')[1]).toBe(cookie.good.value!.split('region=')[1]);
    expect(cookie.bad.value).not.toBe(cookie.good.value);
  });
});
