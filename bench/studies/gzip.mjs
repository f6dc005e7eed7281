import { createReadStream, createWriteStream, renameSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { derivedFile } from '../run/captures.mjs';
import { compare } from '../run/compare.mjs';
import { plainSection } from '../run/report.mjs';
import { ratioTarget } from '../run/targets.mjs';
import { isProgram } from '../run/tools.mjs';
import { captureFor, wscapOn } from './study.mjs';

/** A pipe character would end the table cell. */
const REFERENCE = 'gzip -dc, wc -c';

/**
 * A compressed capture, compared with gzip unpacking it.
 * @param {import('./study.mjs').Bench} bench
 * @returns {Promise<import('./study.mjs').Findings>}
 */
export async function gzip(bench) {
  const { path, truth } = await captureFor(bench, { kind: 'mixed', size: '1GiB' });
  const zipped = await derivedFile(path, `${path}.gz`, compress);
  const unpack = { name: REFERENCE, command: 'sh', args: ['-c', 'gzip -dc "$1" | wc -c', 'sh', zipped] };
  const entries = [wscapOn('wscap', 'analyze', zipped), ...(isProgram('gzip') ? [unpack] : [])];
  const results = compare(entries, bench.runs, bench.watch);
  const rows = results.map((result) => ({ result, packets: truth.packets }));
  return {
    sections: [plainSection('gzip of mixed, 1 GiB unpacked', rows)],
    targets: [ratioTarget('gzip of mixed 1 GiB', 1.15, results[0], results[1], { name: REFERENCE })],
  };
}

async function compress(capture, path) {
  const unfinished = `${path}.part`;
  await pipeline(createReadStream(capture), createGzip(), createWriteStream(unfinished));
  renameSync(unfinished, path);
}
