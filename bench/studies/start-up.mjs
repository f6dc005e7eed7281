import { readFileSync, writeFileSync } from 'node:fs';
import { captureFile, derivedFile, referenceCapture } from '../run/captures.mjs';
import { compare } from '../run/compare.mjs';
import { plainSection } from '../run/report.mjs';
import { ratioTarget } from '../run/targets.mjs';
import { wscapOn } from './study.mjs';

const PACKETS = 10;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** A start takes so little time that more runs can be measured. */
const RUNS_FACTOR = 4;

/**
 * How long the program takes to start, compared with Node alone.
 * @param {import('./study.mjs').Bench} bench
 * @returns {Promise<import('./study.mjs').Findings>}
 */
export async function startUp({ runs, watch }) {
  const { path } = await referenceCapture({ kind: 'churn', count: 1 });
  const small = await derivedFile(path, captureFile('ten-packets.pcap'), firstPackets);
  const entries = [
    { name: 'node -e 0', command: process.execPath, args: ['-e', '0'] },
    wscapOn('wscap --version', '--version'),
    wscapOn('wscap analyze, 10 packets', 'analyze', small),
  ];
  const results = compare(entries, runs === 1 ? 1 : runs * RUNS_FACTOR, watch);
  const [node, version, analyze] = results;
  return {
    sections: [
      plainSection(
        'start-up',
        results.map((result) => ({ result, packets: null })),
      ),
    ],
    targets: [
      ratioTarget('`wscap --version`', 1.5, version, node, { name: '`node -e 0`' }),
      ratioTarget('`wscap analyze` of 10 packets', 2.5, analyze, node, { name: '`node -e 0`' }),
    ],
  };
}

function firstPackets(capture, path) {
  const bytes = readFileSync(capture);
  let end = FILE_HEADER;
  for (let i = 0; i < PACKETS; i++) end += RECORD_HEADER + bytes.readUInt32LE(end + 8);
  writeFileSync(path, bytes.subarray(0, end));
}
