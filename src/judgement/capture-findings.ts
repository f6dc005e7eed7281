/** What rules over a whole capture share: grouping of connections, and a bound on what they say. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { CaptureFinding } from './capture-rule.ts';
import { fill } from './fill.ts';
import type { RuleContext } from './rule-context.ts';
import { formatDuration } from '../basics/format-duration.ts';

/**
 * The most findings kept of one rule: the largest are kept, and the last of them says how many are left out.
 * @bound findings of a rule over the whole capture: {count}
 */
const MAX_FINDINGS = 20;
/**
 * The most packets named as evidence of one finding.
 * @bound packets that prove a finding over the whole capture: {count}
 */
const MAX_PACKETS = 20;

/** Belongs in the messages of every rule whose findings are bounded. */
export const MORE = '{more} more like it are not listed.';

/** The findings that concern most connections, in the order in which they happened. */
export function bounded(findings: readonly CaptureFinding[]): CaptureFinding[] {
  const kept = findings
    .toSorted((a, b) => b.connections.length - a.connections.length)
    .slice(0, MAX_FINDINGS)
    .sort((a, b) => a.at.packet - b.at.packet);
  const more = findings.length - kept.length;
  const last = kept.at(-1);
  if (more > 0 && last !== undefined) {
    kept[kept.length - 1] = { ...last, message: `${last.message} ${fill(MORE, { more })}` };
  }
  return kept;
}

/**
 * Without findings that say of one leg of WebSockets what another finding says of the other leg: the one whose event came first stays,
 * and what follows from either follows from it.
 */
export function oncePerWebSocket(
  findings: readonly CaptureFinding[],
  otherLeg: RuleContext['otherLeg'],
): CaptureFinding[] {
  const kept: CaptureFinding[] = [];
  for (const finding of findings.toSorted((a, b) => a.at.packet - b.at.packet)) {
    const others = new Set(finding.connections.map(otherLeg));
    const at = kept.findIndex(
      ({ connections, kind }) =>
        kind === finding.kind &&
        connections.filter((id) => others.has(id)).length * 2 > finding.connections.length,
    );
    if (at === -1) kept.push(finding);
    else {
      const followers = [...(kept[at]!.followers ?? []), ...(finding.followers ?? [])];
      kept[at] = { ...kept[at]!, followers };
    }
  }
  return kept;
}

/** The packets to name, in order: the first ones where there are many. */
export function firstPackets(packets: readonly number[]): number[] {
  return [...new Set(packets)].sort((a, b) => a - b).slice(0, MAX_PACKETS);
}

/** The items by key, in the order in which the keys came; an item without a key is left out. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** "198.51.100.2 port 80": with a colon in between, an IPv6 address could not be read. */
export function describeEndpoint({ address, port }: ConnectionRecord['server']): string {
  return `${address} port ${port}`;
}

/** "3 by handshake-close, 1 by idle-timeout": the most frequent first. */
export function tally(texts: readonly string[]): string {
  return [...groupBy(texts, (text) => text)]
    .map(([text, same]) => ({ text, count: same.length }))
    .sort((a, b) => b.count - a.count)
    .map(({ text, count }) => `${count} ${text}`)
    .join(', ');
}

/** "29.9 s to 30.1 s"; one duration where both read the same. */
export function durationRange(shortestMs: number, longestMs: number): string {
  const [shortest, longest] = [formatDuration(shortestMs), formatDuration(longestMs)];
  return shortest === longest ? shortest : `${shortest} to ${longest}`;
}

/** Also for very many values: given as arguments, they would overflow the stack in Math.min and Math.max. */
export function rangeOf(values: readonly number[]): { readonly min: number; readonly max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
