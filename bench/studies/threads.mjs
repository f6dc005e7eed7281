import { captureFile, derivedFile } from '../run/captures.mjs';
import { compare } from '../run/compare.mjs';
import { plainSection } from '../run/report.mjs';
import { writeHalves } from '../threads/halves.mjs';
import { captureFor, wscapOn } from './study.mjs';

/**
 * The most that sharing connections by hash between two threads could gain: two processes at once, each with half of
 * the connections in a file of its own, so that neither reads the other's packets, and nothing is merged.
 * @param {import('./study.mjs').Bench} bench
 * @returns {Promise<import('./study.mjs').Findings>}
 */
export async function threads(bench) {
  const { path, truth } = await captureFor(bench, { kind: 'mixed', size: '1GiB' });
  const name = path.replace(/^.*[/\\]|\.pcap$/g, '');
  const halves = [captureFile(`${name}-half-1.pcap`), captureFile(`${name}-half-2.pcap`)];
  await derivedFile(path, halves[1], () => writeHalves(path, halves));
  const atOnce = ['bench/threads/at-once.mjs', ...halves];
  const entries = [
    wscapOn('the whole', 'analyze', path),
    { name: 'both halves at once', command: process.execPath, args: atOnce },
    wscapOn('one half alone', 'analyze', halves[0]),
  ];
  const results = compare(entries, bench.runs, bench.watch);
  const packets = [truth.packets, truth.packets, null];
  const rows = results.map((result, i) => ({ result, packets: packets[i] }));
  return { sections: [plainSection('two threads at best', rows)], targets: [] };
}
