import { compare } from '../run/compare.mjs';
import { plainSection } from '../run/report.mjs';
import { memoryTarget, ratioTarget } from '../run/targets.mjs';
import { offersFormat } from '../run/tools.mjs';
import { captureFor, wscapOn } from './study.mjs';

const MANY = 1_000_000;
const FEWER = MANY / 10;

/**
 * Many short connections: does time grow only in proportion to their number, and how much memory do they take?
 * @param {import('./study.mjs').Bench} bench
 * @returns {Promise<import('./study.mjs').Findings>}
 */
export async function churn(bench) {
  const many = await captureFor(bench, { kind: 'churn', count: MANY });
  const fewer = await captureFor(bench, { kind: 'churn', count: FEWER });
  const entries = [
    wscapOn('1,000,000 connections, table', 'analyze', many.path),
    wscapOn('100,000 connections, table', 'analyze', fewer.path),
    ...(offersFormat('ndjson')
      ? [wscapOn('1,000,000 connections, ndjson', 'analyze', many.path, '--format', 'ndjson')]
      : []),
  ];
  const results = compare(entries, bench.runs, bench.watch);
  const [table, tenth, ndjson] = results;
  const packets = [many, fewer, many].map(({ truth }) => truth.packets);
  return {
    sections: [
      plainSection(
        'churn',
        results.map((result, i) => ({ result, packets: packets[i] })),
      ),
    ],
    targets: [
      ratioTarget('churn, time a packet of 1,000,000 connections', 1.1, table, tenth, {
        name: 'that of 100,000',
        scale: fewer.truth.packets / many.truth.packets,
      }),
      memoryTarget('churn, peak memory with the table', 1000, table),
      memoryTarget('churn, peak memory with `--format ndjson`', 350, ndjson),
    ],
  };
}
