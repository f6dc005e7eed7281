import { compare } from '../run/compare.mjs';
import { plainSection } from '../run/report.mjs';
import { ratioTarget } from '../run/targets.mjs';
import { captureFor, wscapOn } from './study.mjs';

/**
 * The cost of lost and reordered segments.
 * @param {import('./study.mjs').Bench} bench
 * @returns {Promise<import('./study.mjs').Findings>}
 */
export async function loss(bench) {
  const lossy = await captureFor(bench, { kind: 'loss', size: '200MB' });
  const mixed = await captureFor(bench, { kind: 'mixed', size: '200MB' });
  const entries = [wscapOn('loss', 'analyze', lossy.path), wscapOn('mixed', 'analyze', mixed.path)];
  const results = compare(entries, bench.runs, bench.watch);
  const scale = mixed.truth.packets / lossy.truth.packets;
  const rows = results.map((result, i) => ({ result, packets: [lossy, mixed][i].truth.packets }));
  return {
    sections: [plainSection('loss beside mixed, 200 MB', rows)],
    targets: [ratioTarget('loss, per packet', 1.3, results[0], results[1], { scale })],
  };
}
