/**
 * Chooses connections of a report, after they have been judged: what the report then says, it says of those. What
 * concerns the capture as a whole (packets, TCP connections, inventory, notes) stays.
 */
import { instantOf, type GivenTime } from '../basics/clock.ts';
import { wildcard } from '../basics/wildcard.ts';
import type { Verdict } from '../basics/verdict.ts';
import { countOf, listOf } from './format-count.ts';
import type { ConnectionReport, CrossAnomalyReport, Endpoint, Report, UpgradeReport } from './model.ts';

/** Undefined: not asked for. A connection must fulfil all that is asked for. */
export interface Choice {
  readonly refs: readonly string[] | undefined;
  /** Patterns of hosts: a name or address, with or without its port. */
  readonly hosts: readonly string[] | undefined;
  /** Patterns of paths, without query. */
  readonly paths: readonly string[] | undefined;
  readonly verdicts: readonly Verdict[] | undefined;
  /** Part of the connection's life is not before, or not after. */
  readonly since: GivenTime | undefined;
  readonly until: GivenTime | undefined;
}

export const EVERYTHING: Choice = {
  refs: undefined,
  hosts: undefined,
  paths: undefined,
  verdicts: undefined,
  since: undefined,
  until: undefined,
};

export function choosesAll(choice: Choice): boolean {
  return Object.values(choice).every((asked) => asked === undefined);
}

export function choose(report: Report, choice: Choice): Report {
  if (choosesAll(choice)) return report;
  const isChosen = predicateOf(report, choice);
  const connections = report.connections.filter(isChosen);
  const refs = new Set(connections.map(({ ref }) => ref));
  const anomalies = report.anomalies.flatMap((anomaly) => narrowed(anomaly, refs));
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of [...anomalies, ...connections.flatMap((each) => each.anomalies)])
    counts[severity]++;
  const opened = connections.filter(({ opening }) => opening !== null);
  return {
    ...report,
    totals: {
      ...report.totals,
      upgradeRequests: connections.filter(({ upgrade }) => hasRequest(upgrade)).length,
      webSocketConnections: opened.length,
      webSockets: countOnce(opened),
      anomalies: counts,
    },
    choice: { leftOut: report.connections.length - connections.length },
    connections,
    anomalies,
  };
}

/** "12 others left out"; empty where nothing was chosen, or all was. */
export function leftOutText({ choice, connections }: Report): string {
  const leftOut = choice?.leftOut ?? 0;
  if (leftOut === 0) return '';
  return connections.length === 0
    ? `all ${countOf(leftOut, 'connection')} left out`
    : `${countOf(leftOut, 'other')} left out`;
}

/** The first line of a report, with what it does not speak of. */
export function withLeftOut(headline: string, report: Report): string {
  const leftOut = leftOutText(report);
  return leftOut === '' ? headline : `${headline} (${leftOut})`;
}

/** The refs that were asked for and that no connection has. */
export function unknownRefs({ connections }: Report, { refs = [] }: Choice): string[] {
  const known = new Set(connections.map(({ ref }) => ref));
  return refs.filter((ref) => !known.has(ref));
}

const SHOWN_REFS = 8;

/** "it has 0, 1 and 12 more". */
export function refsText({ connections }: Report): string {
  if (connections.length === 0) return 'it has none';
  return `it has ${listOf(
    connections.map(({ ref }) => ref),
    SHOWN_REFS,
  )}`;
}

function predicateOf({ captures }: Report, choice: Choice): (connection: ConnectionReport) => boolean {
  const { refs, verdicts } = choice;
  const hosts = choice.hosts?.map((pattern) => wildcard(pattern.toLowerCase()));
  const paths = choice.paths?.map(wildcard);
  const firstDay =
    captures.find(({ firstPacketAt }) => firstPacketAt !== null)?.firstPacketAt ?? '1970-01-01';
  const since = choice.since === undefined ? -Infinity : instantOf(choice.since, firstDay);
  const until = choice.until === undefined ? Infinity : instantOf(choice.until, firstDay);
  return (connection) => {
    const { ref, verdict, openedAt, durationMs, upgrade, server } = connection;
    if (refs?.includes(ref) === false || verdicts?.includes(verdict) === false) return false;
    const begin = Date.parse(openedAt);
    if (begin > until || begin + Math.max(durationMs, 0) < since) return false;
    if (hosts?.some((matches) => hostsOf(upgrade, server).some(matches)) === false) return false;
    return paths?.some((matches) => matches(pathOf(upgrade))) !== false;
  };
}

/** All that a user may call the host. */
function hostsOf(upgrade: UpgradeReport | null, { address, port }: Endpoint): string[] {
  const host = (upgrade?.host ?? '').toLowerCase();
  const bare = address.includes(':') ? `[${address}]` : address;
  return [host, host.replace(/:\d*$/, ''), address, `${bare}:${port}`].filter((name) => name !== '');
}

/** Without the query; of an absolute target only its path. */
export function pathOf(upgrade: Pick<UpgradeReport, 'target'> | null): string {
  const path = /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(upgrade?.target ?? '')?.[1] ?? '';
  return path === '' && upgrade !== null ? '/' : path;
}

function hasRequest(upgrade: UpgradeReport | null): boolean {
  return upgrade?.requestPacket !== null && upgrade !== null;
}

/** One that was captured on several connections counts once. */
function countOnce(opened: readonly ConnectionReport[]): number {
  const refs = new Set(opened.map(({ ref }) => ref));
  const again = opened.filter((connection) => {
    const { sameAs } = connection;
    return sameAs !== undefined && sameAs.as !== 'front' && refs.has(sameAs.ref);
  });
  return opened.length - again.length;
}

function narrowed(anomaly: CrossAnomalyReport, refs: ReadonlySet<string>): CrossAnomalyReport[] {
  const kept = anomaly.refs.map((ref) => refs.has(ref));
  if (!kept.includes(true)) return [];
  return [
    {
      ...anomaly,
      connections: anomaly.connections.filter((_, index) => kept[index]),
      refs: anomaly.refs.filter((_, index) => kept[index]),
      followers: anomaly.followers.filter(({ ref }) => refs.has(ref)),
    },
  ];
}
