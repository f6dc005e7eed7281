import { fileURLToPath } from 'node:url';
import { extractMessages } from '../deflate/extract.mjs';
import { derivedFile } from '../run/captures.mjs';
import { compare } from '../run/compare.mjs';
import { plainSection } from '../run/report.mjs';
import { ratioTarget } from '../run/targets.mjs';
import { captureFor, wscapOn } from './study.mjs';

const INFLATE_SCRIPT = fileURLToPath(new URL('../deflate/inflate.mjs', import.meta.url));

/**
 * permessage-deflate, compared with zlib alone inflating the same messages in the same order.
 * @param {import('./study.mjs').Bench} bench
 * @returns {Promise<import('./study.mjs').Findings>}
 */
export async function deflate(bench) {
  const { path, truth } = await captureFor(bench, { kind: 'deflate', size: '200MB' });
  const messages = await derivedFile(path, path.replace(/\.pcap$/, '.messages'), extractMessages);
  const zlib = {
    name: 'zlib alone',
    command: process.execPath,
    args: [INFLATE_SCRIPT, messages],
  };
  const results = compare([wscapOn('wscap', 'analyze', path), zlib], bench.runs, bench.watch);
  const rows = results.map((result, i) => ({ result, packets: i === 0 ? truth.packets : null }));
  return {
    sections: [plainSection('deflate beside zlib, 200 MB', rows)],
    targets: [ratioTarget('deflate', 2, results[0], results[1])],
  };
}
