import { fileURLToPath } from 'node:url';
import { derivedFile } from '../run/captures.mjs';
import { compare } from '../run/compare.mjs';
import { plainSection } from '../run/report.mjs';
import { ratioTarget, speedTarget } from '../run/targets.mjs';
import { isProgram } from '../run/tools.mjs';
import { extractRecords } from '../tls/extract.mjs';
import { captureFor, wscapOn } from './study.mjs';

const GCM_SCRIPT = fileURLToPath(new URL('../tls/gcm-alone.mjs', import.meta.url));

/**
 * WebSockets inside TLS with their keys, compared with AES-GCM alone on the same records, and with tshark with the keys.
 * @param {import('./study.mjs').Bench} bench
 * @returns {Promise<import('./study.mjs').Findings>}
 */
export async function tls(bench) {
  const { path, truth } = await captureFor(bench, { kind: 'wss', size: '200MB' });
  const records = await derivedFile(path, path.replace(/\.pcap$/, '.records'), extractRecords);
  // wscap finds FILE.keylog by itself.
  const entries = [
    wscapOn('wscap', 'analyze', path),
    { name: 'AES-GCM alone', command: process.execPath, args: [GCM_SCRIPT, records] },
  ];
  const keys = ['-o', `tls.keylog_file:${path}.keylog`];
  const fields = ['-Y', 'websocket', '-T', 'fields', '-e', 'frame.number'];
  const wantsTshark = (bench.tools?.includes('tshark') ?? true) && isProgram('tshark');
  if (wantsTshark) {
    entries.push({ name: 'tshark with the keys', command: 'tshark', args: [...keys, '-r', path, ...fields] });
  }
  const results = compare(entries, bench.runs, bench.watch);
  const rows = results.map((result, index) => ({ result, packets: index === 1 ? null : truth.packets }));
  return {
    sections: [plainSection('wss beside AES-GCM and tshark, 200 MB', rows)],
    targets: [
      ratioTarget('wss with keys', 2.5, results[0], results[1]),
      speedTarget('wss with keys', 5, results[0], results[2], 'tshark'),
    ],
  };
}
