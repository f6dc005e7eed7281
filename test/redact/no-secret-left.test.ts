/** The promise of redaction: no hidden value of a capture occurs anywhere in the bytes of any format. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { redactReport, type RedactOptions } from '../../src/redact/redactor.ts';
import { renderAnnotations } from '../../src/report/github.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderJunit } from '../../src/report/junit.ts';
import { renderMarkdown } from '../../src/report/markdown/markdown.ts';
import type { Report } from '../../src/report/model.ts';
import { renderTable } from '../../src/report/terminal/table.ts';
import { CAPTURE_RULES, RULES } from '../../src/rules/index.ts';
import { secretCapture } from './secret-capture.ts';

/** More of them on demand: WSCAP_REDACTION_CASES=3000 npx vitest run test/redact */
const CASES = Number(process.env['WSCAP_REDACTION_CASES'] ?? 60);
/** Where a message cuts a value, this many characters of it may not be seen either. */
const LEAST_SHOWN = 6;

const FORMATS: Readonly<Record<string, (report: Report) => string>> = {
  json: (report) => [...renderJson(report)].join(''),
  table: (report) => renderTable(report, { columns: 10_000, all: true, color: false, ascii: false }),
  markdown: (report) => renderMarkdown(report, { maxLength: 1_000_000 }),
  junit: (report) =>
    [
      ...renderJunit(report, {
        rules: RULES.map(({ id }) => id),
        captureRules: CAPTURE_RULES.map(({ id }) => id),
        failOn: 'info',
      }),
    ].join(''),
  github: (report) => renderAnnotations(report),
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wscap-redact-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function outputsOf(
  seed: number,
  options: RedactOptions,
): Promise<{ outputs: [string, string][]; secrets: readonly string[]; addresses: readonly string[] }> {
  const { bytes, secrets, addresses } = secretCapture(seed);
  const path = join(directory, 'dump.pcap');
  writeFileSync(path, bytes);
  const report = redactReport(await analyze(path, { sha256: true }), options);
  const outputs = Object.entries(FORMATS).map(([name, render]): [string, string] => [name, render(report)]);
  return { outputs, secrets, addresses };
}

const seeds = fc.nat(1_000_000);
const options = fc.record({
  secrets: fc.constant(true),
  addresses: fc.boolean(),
  key: fc.constantFrom(null, Uint8Array.of(1, 2, 3)),
});

describe('redactReport', () => {
  it(`leaves no secret in any format (${CASES} captures)`, async () => {
    let rulesSeen = 0;
    await fc.assert(
      fc.asyncProperty(seeds, options, async (seed, chosen) => {
        const { outputs, secrets, addresses } = await outputsOf(seed, chosen);
        for (const [format, output] of outputs) {
          const searched = output.toLowerCase();
          for (const secret of secrets) {
            expect(
              searched.includes(secret.slice(0, LEAST_SHOWN).toLowerCase()),
              `${secret} in ${format} of ${seed}`,
            ).toBe(false);
          }
          if (chosen.addresses)
            for (const address of addresses) expect(output, format).not.toContain(address);
        }
        rulesSeen += outputs[0]![1].includes('"rule":') ? 1 : 0;
      }),
      { numRuns: CASES },
    );
    expect(rulesSeen).toBeGreaterThan(CASES / 2);
  }, 600_000);

  it('would find them if they were there', async () => {
    const { outputs, secrets, addresses } = await outputsOf(7, {
      secrets: false,
      addresses: false,
      key: null,
    });
    const [, json] = outputs[0]!;
    expect(secrets.some((secret) => json.includes(secret))).toBe(true);
    expect(addresses.some((address) => json.includes(address))).toBe(true);
  });
});
