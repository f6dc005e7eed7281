/**
 * Findings that say the same of several connections, put together: five hundred of one kind are one matter. Worst first,
 * then those across connections, which often explain the others, then the most frequent.
 */
import { compareSeverity } from '../../basics/severity.ts';
import type { PlacedAnomaly } from '../connection-rank.ts';
import type { Severity } from '../model.ts';

export interface FindingGroup {
  readonly rule: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly across: boolean;
  /** At least one, in the order in which they came. */
  readonly members: readonly [PlacedAnomaly, ...PlacedAnomaly[]];
  /** Ids of all connections concerned, ascending. */
  readonly connections: readonly number[];
}

export function groupFindings(anomalies: readonly PlacedAnomaly[]): FindingGroup[] {
  const groups = new Map<string, [PlacedAnomaly, ...PlacedAnomaly[]]>();
  for (const placed of anomalies) {
    const { rule, kind, severity, advice } = placed.anomaly;
    // What is to be done differs, as between a server that ended it and a client that did: not the same matter.
    const key = `${rule} ${kind} ${severity} ${advice.replace(/\d+/g, '0')}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [placed]);
    else group.push(placed);
  }
  return [...groups.values()]
    .map((members) => {
      const { rule, kind, severity } = members[0].anomaly;
      const connections = [...new Set(members.flatMap((member) => member.connections))].sort((a, b) => a - b);
      return { rule, kind, severity, across: members[0].across, members, connections };
    })
    .sort(
      (a, b) =>
        compareSeverity(a.severity, b.severity) ||
        Number(b.across) - Number(a.across) ||
        b.connections.length - a.connections.length,
    );
}

/** What a finding says that the first of its group doesn't: its last sentences are often the same. */
export function distinctText(message: string, first: string): string {
  const sentences = sentencesOf(message);
  const before = sentencesOf(first);
  let same = 0;
  // The first sentence stays: it is what happened.
  while (same < sentences.length - 1 && sentences.at(-1 - same) === before.at(-1 - same)) same++;
  return sentences.slice(0, sentences.length - same).join(' ');
}

function sentencesOf(message: string): string[] {
  return message.split(/(?<=\.) (?=[A-Z])/);
}
