/**
 * Groups findings that say the same about several connections: five hundred of one kind are one problem. What follows from a
 * finding comes after it. The groups with the worst findings come first, then those of most WebSockets, then the earliest.
 */
import { compareSeverity } from '../../basics/severity.ts';
import type { PlacedAnomaly, Story } from '../stories.ts';
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
  /** Its findings follow from those of the last group before it that doesn't follow. */
  readonly follows: boolean;
}

export function groupFindings(stories: readonly Story[]): FindingGroup[] {
  const families = [...groupBy(stories, ({ root }) => kindOf(root)).values()].map((family) => ({
    family,
    severity: family.map(({ severity }) => severity).toSorted(compareSeverity)[0]!,
    webSockets: new Set(family.flatMap(({ webSockets }) => [...webSockets])).size,
  }));
  families.sort((a, b) => compareSeverity(a.severity, b.severity) || b.webSockets - a.webSockets);
  return families.flatMap(({ family }) => {
    const roots = family.map(({ root }) => root);
    const followers = groupBy(
      family.flatMap((story) => story.followers),
      kindOf,
    );
    return [
      groupOf(roots, false),
      ...[...followers.values()]
        .map((members) => groupOf(members, true))
        .sort(
          (a, b) => compareSeverity(a.severity, b.severity) || b.connections.length - a.connections.length,
        ),
    ];
  });
}

/** Findings of which this is the same are told together. */
function kindOf({ anomaly: { rule, kind, severity, advice } }: PlacedAnomaly): string {
  // Different advice means a different problem: a server that ended the connection is not a client that did.
  return `${rule} ${kind} ${severity} ${advice.replace(/\d+/g, '0')}`;
}

/** @param members at least one */
function groupOf(members: readonly PlacedAnomaly[], follows: boolean): FindingGroup {
  const [first, ...others] = members as readonly [PlacedAnomaly, ...PlacedAnomaly[]];
  const { rule, kind, severity } = first.anomaly;
  const connections = [...new Set(members.flatMap((member) => member.connections))].sort((a, b) => a - b);
  return { rule, kind, severity, across: first.across, members: [first, ...others], connections, follows };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
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
