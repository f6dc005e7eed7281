/** Whatever passes over a connection, and whatever the network does to it: none of the content is left. */
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { captureOf, PLAN } from './conversation-capture.ts';
import { leaksOf } from './leaks.ts';
import { factsOf, runExtract } from './run-extract.ts';

/** WSCAP_RUNS sets the number of cases, WSCAP_SEED takes other cases. */
const RUNS = Number(process.env['WSCAP_RUNS'] ?? 80);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-secrets-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('an anonymized extract', () => {
  it(
    'holds no six bytes of any secret or payload, and says the same',
    async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(PLAN, async (plan) => {
          const { bytes, secrets } = captureOf(plan);
          const path = join(folder, `${++run % 4}.pcap`);
          writeFileSync(path, bytes);
          const source = await analyze(path);
          fc.pre(source.totals.tcpConnections > 0);
          const { summary, bytes: output } = await runExtract([path], [0]);
          expect(secrets.flatMap((secret) => leaksOf(secret, output))).toEqual([]);
          // If the handshake is not whole, bytes that come in the wrong order may be read in another order. Heads or
          // contents are then taken for frames, and different contents for different frames.
          const isWhole = plan.isHandshakeSafe && plan.missedPackets === 0;
          if (!isWhole && plan.fates.includes('late')) return;
          expect(summary.differences).toEqual([]);
          expect(factsOf(summary.report)).toEqual(factsOf(source));
        }),
        { numRuns: RUNS },
      );
    },
    60_000 + 500 * RUNS,
  );

  it('is found to leak where nothing is anonymized: the check can fail', async () => {
    const [plan] = fc.sample(PLAN, { numRuns: 1, seed: 1 });
    const { bytes, secrets } = captureOf(plan!);
    const path = join(folder, 'plain.pcap');
    writeFileSync(path, bytes);
    const { bytes: output } = await runExtract([path], [0], { anonymizeKey: null });
    expect(secrets.flatMap((secret) => leaksOf(secret, output)).length).toBeGreaterThan(0);
  });
});
