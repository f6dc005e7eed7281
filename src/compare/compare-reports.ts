/** Two reports -> what differs between them. Pure: the same reports and options give the same result. */
import { closedText, endpointText, NO_BREAK_SPACE } from '../report/connection-text.ts';
import type { ConnectionReport, CrossAnomalyReport, Report } from '../report/model.ts';
import { VERSION } from '../basics/version.ts';
import { compareEndings } from './compare-ending.ts';
import { compareFindings, compareVerdicts, newFindings } from './compare-findings.ts';
import { compareFrames } from './compare-frames.ts';
import { compareRequests } from './compare-request.ts';
import { compareNegotiation, compareResponses } from './compare-response.ts';
import { compareTiming } from './compare-timing.ts';
import { Comparison } from './comparison.ts';
import { renamingOf } from './host-renaming.ts';
import type {
  CaptureFinding,
  ConnectionReference,
  DiffReport,
  Pair,
  PairStrategy,
  Side,
  Unpaired,
} from './model.ts';
import { pairConnections, type PairedConnections } from './pair-connections.ts';

export interface CompareOptions {
  /** How connections are paired. Default "auto". */
  readonly by?: PairStrategy;
  /** Compare only these pairs: ids of the good and the bad connection. */
  readonly pairs?: readonly (readonly [good: number, bad: number])[];
  /** Names of headers, or of fields, whose differences count as noise; in any case. */
  readonly ignore?: readonly string[];
}

/**
 * Finds what is different in `bad`; `good` shows how it should be.
 *
 * @throws RangeError if `pairs` names a connection that a report doesn't have
 */
export function compareReports(good: Report, bad: Report, options: CompareOptions = {}): DiffReport {
  const { by = 'auto', pairs: asked = [] } = options;
  const ignore = (options.ignore ?? []).map((name) => name.toLowerCase());
  const { pairs, leftGood, leftBad } = pairConnections(good.connections, bad.connections, by, asked);
  const compared = pairs.map((pair) => comparePair(pair, good, bad, ignore));
  compared.sort((a, b) => Number(b.differs) - Number(a.differs) || a.good.id - b.good.id);
  // A user who names pairs wants nothing else compared.
  const captureFindings = asked.length > 0 ? [] : compareCaptureFindings(good.anomalies, bad.anomalies);
  const unpaired = [...unpairedOf('good', leftGood), ...unpairedOf('bad', leftBad)];
  const count = (isNoise: boolean) =>
    compared.reduce(
      (sum, { differences }) => sum + differences.filter(({ noise }) => (noise !== null) === isNoise).length,
      0,
    );
  const differingPairs = compared.filter(({ differs }) => differs).length;
  return {
    schema: 'wscap/diff@1',
    tool: { name: 'wscap', version: VERSION },
    options: { by, pairs: [...asked], ignore, windowMs: bad.options.windowMs },
    good: { captures: good.captures, connections: good.connections.length },
    bad: { captures: bad.captures, connections: bad.connections.length },
    differs:
      differingPairs > 0 ||
      unpaired.length > 0 ||
      captureFindings.some(({ severity }) => severity !== 'info'),
    totals: {
      pairs: compared.length,
      differingPairs,
      differences: count(false),
      noise: count(true),
      unpairedGood: leftGood.length,
      unpairedBad: leftBad.length,
    },
    pairs: compared,
    unpaired,
    captureFindings,
  };
}

function comparePair(
  { good: goodConnection, bad: badConnection, pairedBy }: PairedConnections,
  goodReport: Report,
  badReport: Report,
  ignore: readonly string[],
): Pair {
  // `timeline` is built each time it is read; the copy builds it once.
  const [good, bad] = [{ ...goodConnection }, { ...badConnection }];
  const comparison = new Comparison(ignore);
  const renaming = renamingOf(good, bad);
  const [ours, theirs] = [
    { connection: good, report: goodReport },
    { connection: bad, report: badReport },
  ];
  compareVerdicts(good, bad, comparison);
  for (const role of ['client', 'server'] as const) {
    const noise = 'addresses and ports';
    comparison.compare('addresses', role, endpointText(good[role], asIs), endpointText(bad[role], asIs), {
      noise,
    });
  }
  compareRequests(good, bad, renaming, comparison);
  compareResponses(good, bad, renaming, comparison);
  compareNegotiation(good, bad, comparison);
  compareTiming(ours, theirs, comparison);
  compareFrames(good, bad, comparison);
  compareEndings(ours, theirs, comparison);
  compareFindings(good, bad, comparison);
  const { differences, sameFacts, omissions } = comparison;
  return {
    good: referenceTo(good),
    bad: referenceTo(bad),
    pairedBy,
    differs: differences.some(({ noise }) => noise === null),
    differences,
    same: sameFacts,
    notCompared: omissions,
    newFindings: newFindings(good, bad),
    outcome: { good: outcomeOf(good), bad: outcomeOf(bad) },
  };
}

function referenceTo({
  id,
  client,
  server,
  upgrade,
  verdict,
  firstPacket,
}: ConnectionReport): ConnectionReference {
  return {
    id,
    client,
    server,
    host: upgrade?.host ?? null,
    target: upgrade?.target ?? null,
    verdict,
    firstPacket,
  };
}

function outcomeOf(connection: ConnectionReport): string {
  const status = connection.upgrade?.status ?? null;
  if (connection.verdict === 'rejected' && status !== null) return `status ${status}`;
  return closedText(connection, asIs).replaceAll(NO_BREAK_SPACE, ' ');
}

/** For `endpointText`: whoever prints the result escapes it. */
function asIs(text: string): string {
  return text;
}

function unpairedOf(side: Side, connections: readonly ConnectionReport[]): Unpaired[] {
  return connections.map((connection) => ({ side, connection: referenceTo(connection) }));
}

/** Compared by rule only: connection numbers differ in any case. */
function compareCaptureFindings(
  good: readonly CrossAnomalyReport[],
  bad: readonly CrossAnomalyReport[],
): CaptureFinding[] {
  const only = (side: Side, ours: readonly CrossAnomalyReport[], theirs: readonly CrossAnomalyReport[]) =>
    ours
      .filter(({ rule }) => !theirs.some((other) => other.rule === rule))
      .map(({ rule, severity, message, connections }) => ({
        side,
        rule,
        severity,
        message,
        connections: [...connections],
      }));
  return [...only('bad', bad, good), ...only('good', good, bad)];
}
