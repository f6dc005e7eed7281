/**
 * Every capture under fixtures/ against what its facts file says happened: packets, connections, handshakes, frames,
 * ends, verdicts and anomalies. The facts were written when the capture was recorded, from the scenario and from
 * tshark, not from wscap.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyze } from '../src/analyze.ts';
import { isGoodVerdict } from '../src/basics/verdict.ts';
import { rankConnections } from '../src/report/connection-rank.ts';
import { isAboutOpeningOrEnd } from '../src/rules/relations.ts';
import type { ConnectionReport, FrameCounts, Report, Verdict } from '../src/report/model.ts';
import { FIXTURES } from './helpers/captures.ts';
import { keysBeside } from './helpers/keys-beside.ts';

type Counts = Partial<FrameCounts>;

interface TlsFacts {
  readonly version?: string;
  readonly cipher?: string;
  readonly serverName?: string | null;
  readonly alpn?: string;
  readonly alpnOffered?: readonly string[];
  readonly alerts?: readonly Readonly<Record<'from' | 'level' | 'description' | 'packet', string | number>>[];
}

interface ConnectionFacts {
  readonly id: number;
  readonly clientPort: number;
  readonly serverPort: number;
  readonly requestPacket: number | null;
  readonly responsePacket?: number | null;
  readonly status?: number | null;
  readonly accept?: string;
  readonly frames?: { readonly clientToServer: Counts; readonly serverToClient: Counts };
  readonly close?: Readonly<Record<string, string | number>> | null;
  /** What tshark sees of TLS, with the keys beside the capture. */
  readonly tls?: TlsFacts;
  readonly verdict?: Verdict;
  readonly anomalies: readonly { readonly rule: string; readonly severity: string }[];
  /** Rules that may or may not speak, and "verdict" where that is open. */
  readonly undecided?: readonly string[];
}

interface Facts {
  readonly scenario: string;
  readonly summary: string;
  readonly files: readonly string[];
  /** Where the keys of TLS are: in a file beside the capture, or in the capture itself. */
  readonly keys?: 'beside' | 'inside';
  /** The capture that this one was made of: it says the same, as far as the format can. */
  readonly sameAs?: string;
  readonly packets?: number;
  readonly tcpConnections?: number;
  readonly connections?: readonly ConnectionFacts[];
  /** Rules over several connections that may or may not speak. */
  readonly undecided?: readonly string[];
  /** Anomalies over several connections; absent: none. */
  readonly captureAnomalies?: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly connections: readonly number[];
  }[];
}

/** Files that are the parts of one capture, in order; in all other facts each file is a capture of its own. */
const PARTS_OF_ONE = new Set(['formats/rotated']);

const factsFiles = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.facts.json'))
  .sort();

function readFacts(path: string): Facts {
  return JSON.parse(readFileSync(join(FIXTURES, path), 'utf8')) as Facts;
}

/** The facts of a capture, or those of the capture that it was made of. */
function factsBehind(facts: Facts): Facts {
  return facts.sameAs === undefined
    ? facts
    : readFacts(facts.sameAs.replace(/\.(pcap|pcapng|txt)(\.gz)?$/, '.facts.json'));
}

function presentCounts(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function expectConnection(seen: ConnectionReport, facts: ConnectionFacts): void {
  const { undecided = [] } = facts;
  expect(seen.client.port, 'client port').toBe(facts.clientPort);
  expect(seen.server.port, 'server port').toBe(facts.serverPort);
  expect(seen.upgrade?.requestPacket ?? null, 'request packet').toBe(facts.requestPacket);
  if (facts.responsePacket !== undefined) {
    expect(seen.upgrade?.responsePacket ?? null, 'response packet').toBe(facts.responsePacket);
  }
  if (facts.status !== undefined) expect(seen.upgrade?.status ?? null, 'status').toBe(facts.status);
  if (facts.accept !== undefined) expect(seen.upgrade?.accept, 'accept').toBe(facts.accept);
  for (const direction of ['clientToServer', 'serverToClient'] as const) {
    const counts = facts.frames?.[direction];
    if (counts !== undefined)
      expect(presentCounts(seen.traffic[direction].frames), direction).toEqual(counts);
  }
  if (facts.close === null) expect(seen.close, 'close').toBeNull();
  for (const [field, value] of Object.entries(facts.close ?? {})) {
    const ours = (seen.close as unknown as Record<string, unknown> | null)?.[field];
    // Times in the facts are rounded to the resolution of the capture that they were taken from.
    if (field.endsWith('Ms')) expect(ours, field).toBeCloseTo(value as number, 2);
    else expect(ours, field).toBe(value);
  }
  if (facts.tls !== undefined) expectTls(seen, facts.tls);
  if (facts.verdict !== undefined && !undecided.includes('verdict')) {
    expect(seen.verdict, 'verdict').toBe(facts.verdict);
  }
  const raised = seen.anomalies
    .filter(({ rule }) => !undecided.includes(rule))
    .map(({ rule, severity }) => `${rule} ${severity}`);
  expect(raised.toSorted()).toEqual(
    facts.anomalies.map(({ rule, severity }) => `${rule} ${severity}`).toSorted(),
  );
}

function expectTls({ tls }: ConnectionReport, { alerts, ...fields }: TlsFacts): void {
  expect(tls, 'tls').toMatchObject(fields);
  if (alerts === undefined) return;
  const said = tls?.alerts.map(({ from, level, description, packet }) => ({
    from,
    level,
    description,
    packet,
  }));
  expect(said, 'alerts').toEqual(alerts);
}

/**
 * What may be found beside a good verdict, although it is about how the connection opened or ended: a fault of the opening that
 * the other side did not mind, and what became of TCP or of the other side after a Close in order. A new line needs such a reason.
 */
const BESIDE_GOOD_VERDICTS: readonly string[] = [
  'clean close-lingering warning',
  'clean data-before-upgrade warning',
  'clean slow-upgrade warning',
  'clean subprotocol-unanswered warning',
  'clean upgrade-request-invalid warning',
  'clean upgrade-response-invalid error',
  'clean upgrade-response-invalid warning',
  'closed close-unanswered warning',
];

/** Such findings that were met: a line of the list above that no fixture needs is held to be wrong. */
const metBesideGoodVerdicts = new Set<string>();

function expectGoodVerdictsAreGood(report: Report): void {
  for (const { connection, mark } of rankConnections(report)) {
    if (!isGoodVerdict(connection.verdict)) continue;
    expect(mark, 'mark beside a good verdict').toBe('clean');
    for (const { rule, severity } of connection.anomalies) {
      if (severity === 'info' || !isAboutOpeningOrEnd(rule)) continue;
      const found = `${connection.verdict} ${rule} ${severity}`;
      expect(BESIDE_GOOD_VERDICTS).toContain(found);
      metBesideGoodVerdicts.add(found);
    }
  }
}

/** Whether a report must hold the connection. It need not if the scenario leaves open everything that is known of it. */
function mustBeReported({ verdict, anomalies, requestPacket, status }: ConnectionFacts): boolean {
  return (
    verdict !== undefined || anomalies.length > 0 || requestPacket !== null || typeof status === 'number'
  );
}

function expectReport(report: Report, facts: Facts): void {
  expect(report.totals.packets, 'packets').toBe(facts.packets);
  expect(report.totals.tcpConnections, 'TCP connections').toBe(facts.tcpConnections);
  const { undecided = [] } = facts;
  const ofCapture = report.anomalies
    .filter(({ rule }) => !undecided.includes(rule))
    .map(({ rule, severity, connections }) => ({ rule, severity, connections }));
  expect(ofCapture, 'anomalies over several connections').toEqual(facts.captureAnomalies ?? []);
  const connections = facts.connections ?? [];
  const seen = new Map(report.connections.map((connection) => [connection.id, connection]));
  const known = new Set(connections.map(({ id }) => id));
  expect(
    [...seen.keys()].filter((id) => !known.has(id)),
    'connections that nobody knows of',
  ).toEqual([]);
  for (const connection of connections) {
    const ours = seen.get(connection.id);
    if (ours !== undefined) expectConnection(ours, connection);
    else expect(mustBeReported(connection), `connection ${connection.id} is missing`).toBe(false);
  }
}

test('there are fixtures', () => {
  expect(factsFiles.length).toBeGreaterThan(100);
});

describe.each(factsFiles.map((path) => [path.replace('.facts.json', ''), path] as const))(
  '%s',
  (_name, path) => {
    const facts = readFacts(path);
    const files = facts.files.map((file) => join(FIXTURES, dirname(path), file));
    const captures = PARTS_OF_ONE.has(facts.scenario) ? [files] : files.map((file) => [file]);

    test.each(captures.map((parts) => [relative(FIXTURES, parts.join(' ')), parts] as const))(
      `%s: ${facts.summary.replaceAll('%', '%%')}`,
      async (_files, parts) => {
        const report = await analyze(parts, { keys: keysBeside(parts) });
        expectReport(report, factsBehind(facts));
        expectGoodVerdictsAreGood(report);
      },
    );
  },
);

// The tests above run first.
test('what may be found beside a good verdict is what fixtures show', () => {
  expect([...metBesideGoodVerdicts].toSorted()).toEqual(BESIDE_GOOD_VERDICTS);
});
