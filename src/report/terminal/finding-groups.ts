/**
 * Groups findings that say the same about several connections: five hundred of one kind are one problem. Worst first;
 * then those across connections, which often explain the others; then the most frequent.
 */
import { compareSeverity } from '../../basics/severity.ts';
import type { PlacedAnomaly } from '../connection-rank.ts';
import type { Severity } from '../model.ts';

export interface FindingGroup {
  readonly rule: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly across: boolean;
  /** At least one, in the order of the report. */
  readonly members: readonly [PlacedAnomaly, ...PlacedAnomaly[]];
  /** Ids of all connections concerned, ascending. */
  readonly connections: readonly number[];
}

export function groupFindings(anomalies: readonly PlacedAnomaly[]): FindingGroup[] {
  const groups = new Map<string, [PlacedAnomaly, ...PlacedAnomaly[]]>();
  for (const placed of anomalies) {
    const { rule, kind, severity, advice } = placed.anomaly;
    // Different advice means a different problem: a server that ended the connection is not a client that did.
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

/** What a finding says that the first of its group doesn't: often their last sentences are the same. */
export function distinctText(message: string, first: string): string {
  const sentences = sentencesOf(message);
  const before = sentencesOf(first);
  let same = 0;
  // The first sentence stays in any case: it says what happened.
  while (same < sentences.length - 1 && sentences.at(-1 - same) === before.at(-1 - same)) same++;
  return sentences.slice(0, sentences.length - same).join(' ');
}

function sentencesOf(message: string): string[] {
  return message.split(/(?<=\.) (?=[A-Z])/);
}
