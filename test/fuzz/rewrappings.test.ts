/** The same packets in another form say the same: for fixtures and for generated conversations. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import type { Report } from '../../src/report/model.ts';
import { captureOf } from '../differential/capture.ts';
import { planOf } from '../differential/plan.ts';
import { capturesUnder, FIXTURES, shortName } from '../helpers/captures.ts';
import { factsOf, firstDifference } from './reshapings.ts';
import { packetsOf, REWRAPPINGS, type Rewrapping, type TimedPacket } from './rewrappings.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-rewrapped-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const takesAll = process.env['WSCAP_FUZZ_ALL'] !== undefined;
const GENERATED = takesAll ? 2000 : 60;

interface Source {
  readonly name: string;
  readonly packets: readonly TimedPacket[];
}

const fixtures = capturesUnder(FIXTURES)
  .filter((path) => path.endsWith('.pcap') && !/^(?:link-types|formats)/.test(shortName(path)))
  .flatMap((path): Source[] => {
    const packets = packetsOf(readFileSync(path));
    return packets === null || packets.length === 0 ? [] : [{ name: shortName(path), packets }];
  });
const generated: Source = {
  name: 'generated conversations',
  packets: packetsOf(
    Buffer.from(captureOf(Array.from({ length: GENERATED }, (_, i) => planOf(50_000 + i))).bytes),
  )!,
};

async function analyzed(files: readonly Uint8Array[]): Promise<Report> {
  const paths = files.map((bytes, index) => {
    const path = join(folder, `part-${index}`);
    writeFileSync(path, bytes);
    return path;
  });
  return analyze(paths);
}

/** What the new form changes and must not; null if nothing. */
async function changeOf({ rewrap, keepsPackets }: Rewrapping, { packets }: Source): Promise<string | null> {
  const before = await analyzed(PLAIN.rewrap(packets));
  const after = await analyzed(rewrap(packets));
  const said = ({ connections, anomalies, totals }: Report) =>
    // The only addition allowed is that they came through a tunnel.
    [...connections.map((each) => ({ ...each, tunnels: undefined })), ...anomalies, totals].map((each) =>
      JSON.stringify(each),
    );
  return keepsPackets
    ? firstDifference(said(before), said(after))
    : firstDifference(factsOf(withoutSegments(before)), factsOf(withoutSegments(after)));
}

/** These rules count segments, or say nothing where a frame came in several (when they began to speak is not known then). */
const OF_SEGMENTS: readonly string[] = [
  'retransmissions',
  'half-open',
  'coalesced-first-frame',
  'silent-after-upgrade',
];

function withoutSegments(report: Report): Report {
  const connections = report.connections.map((connection) => ({
    ...connection,
    anomalies: connection.anomalies.filter(({ rule }) => !OF_SEGMENTS.includes(rule)),
  }));
  return { ...report, connections };
}

const PLAIN = REWRAPPINGS.find(({ name }) => name === 'raw IP')!;

test('there are fixtures of all kinds to rewrap', () => {
  expect(fixtures.length).toBeGreaterThan(60);
  expect(generated.packets.length).toBeGreaterThan(3000);
});

test.each(REWRAPPINGS.map((rewrapping, index) => ({ ...rewrapping, index })))(
  'packets as $name say the same',
  async ({ index, ...rewrapping }) => {
    const sources = fixtures.filter((_, number) => takesAll || number % 24 === index % 24);
    const changes: string[] = [];
    for (const source of [...sources, generated]) {
      const change = await changeOf(rewrapping, source);
      if (change !== null) changes.push(`${source.name}: ${change}`);
    }
    expect(changes).toEqual([]);
  },
  takesAll ? 300_000 : 30_000,
);
