/** Compares an extract with its source, finding by finding: rule, severity, and which packets show it. */
import type { Report, Severity, Verdict } from '../report/model.ts';

/** The numbers in the extract, by the numbers in the source. */
export interface Renumbering {
  readonly connections: ReadonlyMap<number, number>;
  /** Only packets that a finding names. */
  readonly packets: ReadonlyMap<number, number>;
}

export interface Difference {
  /** "lost": the source shows it, the extract doesn't; "new": the extract shows it, the source doesn't. */
  readonly kind: 'lost' | 'new';
  readonly rule: string;
  readonly severity: Severity;
  /** Their numbers in the extract. */
  readonly connections: readonly number[];
}

export interface VerdictChange {
  readonly connection: number;
  readonly before: Verdict;
  readonly after: Verdict | null;
}

interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly connections: readonly number[];
  readonly packets: readonly number[];
}

/** @param isSameByRule packets are not compared: what shows a finding in the source is not in the extract (TLS) */
export function compareFindings(
  source: Report,
  extract: Report,
  numbers: Renumbering,
  isSameByRule = false,
): Difference[] {
  const before = findingsOf(source).flatMap((finding) => {
    const connections = finding.connections.map((id) => numbers.connections.get(id));
    // These connections alone can't show what concerns others too.
    if (!connections.every((id) => id !== undefined)) return [];
    return [
      {
        ...finding,
        connections,
        packets: isSameByRule ? [] : finding.packets.flatMap((packet) => numbers.packets.get(packet) ?? []),
      },
    ];
  });
  const after = findingsOf(extract).map((finding) => (isSameByRule ? { ...finding, packets: [] } : finding));
  return [...unmatched('lost', before, after), ...unmatched('new', after, before)];
}

export function compareVerdicts(source: Report, extract: Report, numbers: Renumbering): VerdictChange[] {
  const after = new Map(extract.connections.map(({ id, verdict }) => [id, verdict]));
  return source.connections.flatMap(({ id, verdict }) => {
    const connection = numbers.connections.get(id);
    if (connection === undefined || after.get(connection) === verdict) return [];
    return [{ connection, before: verdict, after: after.get(connection) ?? null }];
  });
}

function findingsOf({ connections, anomalies }: Report): Finding[] {
  return [
    ...connections.flatMap(({ id, anomalies: found }) =>
      found.map(({ rule, severity, packets }) => ({ rule, severity, connections: [id], packets })),
    ),
    ...anomalies.map(({ rule, severity, packets, connections: ids }) => ({
      rule,
      severity,
      connections: ids,
      packets,
    })),
  ];
}

function unmatched(
  kind: Difference['kind'],
  these: readonly Finding[],
  those: readonly Finding[],
): Difference[] {
  const left = new Map<string, number>();
  for (const finding of those) left.set(keyOf(finding), (left.get(keyOf(finding)) ?? 0) + 1);
  return these.flatMap((finding) => {
    const count = left.get(keyOf(finding)) ?? 0;
    left.set(keyOf(finding), count - 1);
    if (count > 0) return [];
    const { rule, severity, connections } = finding;
    return [{ kind, rule, severity, connections }];
  });
}

function keyOf({ rule, severity, connections, packets }: Finding): string {
  return JSON.stringify([rule, severity, connections.toSorted(byNumber), packets.toSorted(byNumber)]);
}

function byNumber(a: number, b: number): number {
  return a - b;
}
