import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { compare } from '../run/compare.mjs';
import { plainSection } from '../run/report.mjs';
import { ratioTarget } from '../run/targets.mjs';
import { isProgram } from '../run/tools.mjs';
import { wscapOn } from './study.mjs';

const CAPTURES = 1000;
const FEW = 50;
/** capinfos exits with 1 on a capture that is cut short. */
const CUT_SHORT = /truncated/;

/**
 * Many small captures at once, each against its expectation: compared with capinfos on the same files, and by number
 * of threads.
 * @param {import('./study.mjs').Bench} bench
 * @returns {Promise<import('./study.mjs').Findings>}
 */
export async function check({ runs, watch, isQuick }) {
  const folder = mkdtempSync(join(tmpdir(), 'wscap-check-'));
  try {
    const paths = copyFixtures(folder, isQuick ? FEW : CAPTURES);
    // The first run writes the expectations.
    const written = spawnSync(process.execPath, [...wscapOn('', 'check', folder).args], { env: withoutCi() });
    if (written.status !== 0) throw new Error(`wscap check: ${written.stderr}`);
    const entries = [
      wscapOn('wscap check', 'check', folder),
      wscapOn('wscap check, 1 thread', 'check', folder, '--workers', '1'),
      wscapOn('wscap check, 1 capture', 'check', paths[0]),
      ...(isProgram('capinfos') ? [{ name: 'capinfos', command: 'capinfos', args: paths }] : []),
    ];
    const results = compare(entries, runs, watch);
    return {
      sections: [
        plainSection(
          'check: 1,000 small captures',
          results.map((result) => ({ result, packets: null })),
        ),
      ],
      targets: [ratioTarget('`wscap check` of 1,000 small captures', 3, results[0], results[3])],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function copyFixtures(folder, count) {
  const fixtures = readdirSync('fixtures', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.pcap') && !CUT_SHORT.test(name))
    .sort();
  return Array.from({ length: count }, (_, i) => {
    const fixture = fixtures[i % fixtures.length];
    const path = join(folder, `${String(i).padStart(4, '0')}-${basename(fixture)}`);
    copyFileSync(join('fixtures', fixture), path);
    return path;
  });
}

function withoutCi() {
  const { CI: _, ...rest } = process.env;
  return rest;
}
