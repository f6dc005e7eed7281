/**
 * Pairs connections with expected ones. Connections that fit an expectation with the same target are paired first, so
 * that the order in which concurrent clients connected doesn't matter; the others are paired in order.
 */
import { isWithin } from './count-bound.ts';
import type { ConnectionShape, ExpectedConnection } from './expectation.ts';
import type { Member, ObservedGroup } from './observation.ts';
import { isSameEnd } from './same-end.ts';
import { sameSeverities } from './severity-changes.ts';

/** `count` equal pairs; null on the side that has none left. */
export interface Pair {
  readonly expected: ExpectedConnection | null;
  readonly actual: { readonly shape: ConnectionShape; readonly members: readonly Member[] } | null;
  readonly count: number;
}

interface OpenExpectation {
  readonly entry: ExpectedConnection;
  left: number;
}

interface OpenGroup {
  readonly group: ObservedGroup;
  left: number;
}

/** The pairs that differ. */
export function pairConnections(
  expected: readonly ExpectedConnection[],
  groups: readonly ObservedGroup[],
): Pair[] {
  const open = expected.map((entry): OpenExpectation => ({ entry, left: entry.times ?? 1 }));
  const byTarget = new Map<string | null, OpenGroup[]>();
  for (const group of groups) {
    const { target } = group.shape;
    const same = byTarget.get(target);
    const item = { group, left: group.count };
    if (same === undefined) byTarget.set(target, [item]);
    else same.push(item);
  }
  const all = [...byTarget.values()].flat();
  const candidates = ({ target }: ExpectedConnection): readonly OpenGroup[] =>
    target === undefined ? all : (byTarget.get(target) ?? []);
  // Strict entries choose first: otherwise a loose entry may take the only connection that fits a strict one.
  for (const each of open.toSorted((a, b) => strictness(b.entry) - strictness(a.entry))) {
    for (const item of candidates(each.entry)) {
      if (each.left === 0) break;
      if (item.left > 0 && fits(each.entry, item.group.shape)) take(each, item);
    }
  }
  for (const each of open) leaveOutRetries(each, candidates(each.entry));
  const pairs: Pair[] = [];
  const pairWith = (each: OpenExpectation, items: readonly OpenGroup[]): void => {
    for (const item of items) {
      if (each.left === 0) return;
      if (item.left > 0) pairs.push(paired(each, item));
    }
  };
  for (const each of open) pairWith(each, candidates(each.entry));
  for (const each of open) {
    const path = pathOf(each.entry.target);
    // The same service under another host name.
    if (each.left > 0 && path !== null) {
      pairWith(
        each,
        all.filter(({ group }) => pathOf(group.shape.target) === path),
      );
    }
    if (each.left > 0) pairs.push({ expected: each.entry, actual: null, count: each.left });
  }
  for (const item of all) {
    if (item.left === 0) continue;
    const { shape } = item.group;
    pairs.push({
      expected: null,
      actual: { shape, members: membersLeft(item, item.left) },
      count: item.left,
    });
  }
  return pairs;
}

/** The target without its host. */
function pathOf(target: string | null | undefined): string | null {
  const slash = target?.indexOf('/') ?? -1;
  return slash === -1 ? null : target!.slice(slash);
}

/** Does the connection have everything that the entry says? */
export function fits(entry: ExpectedConnection, shape: ConnectionShape): boolean {
  return (
    (entry.target === undefined || entry.target === shape.target) &&
    (entry.verdict === undefined || entry.verdict === shape.verdict) &&
    (entry.upgrade === undefined || entry.upgrade === shape.upgrade) &&
    (entry.closed === undefined || isSameEnd(entry.closed, shape.closed)) &&
    (['client', 'server'] as const).every((side) => {
      const bound = entry.messages?.[side];
      return bound === undefined || isWithin(shape.messages[side], bound);
    }) &&
    (entry.anomalies === undefined || sameSeverities(entry.anomalies, shape.anomalies))
  );
}

function strictness(entry: ExpectedConnection): number {
  const bounds = [entry.messages?.client, entry.messages?.server].filter((bound) => bound !== undefined);
  const exactness = bounds.reduce<number>((sum, bound) => sum + (typeof bound === 'number' ? 3 : 1), 0);
  const others = Object.keys(entry).filter((key) => key !== 'messages' && key !== 'times');
  return 10 * others.length + exactness;
}

/** How often a client tries again is a matter of time: more or fewer of the same attempts are not a difference. */
function leaveOutRetries(each: OpenExpectation, items: readonly OpenGroup[]): void {
  // An entry without a verdict may mean other connections as well.
  if (each.entry.verdict === undefined) return;
  for (const item of items) {
    if (!item.group.isRetried || !fits(each.entry, item.group.shape)) continue;
    each.left = 0;
    item.left = 0;
  }
}

function take(each: OpenExpectation, item: OpenGroup): number {
  const count = Math.min(each.left, item.left);
  each.left -= count;
  item.left -= count;
  return count;
}

function paired(each: OpenExpectation, item: OpenGroup): Pair {
  const count = Math.min(each.left, item.left);
  const members = membersLeft(item, count);
  take(each, item);
  return { expected: each.entry, actual: { shape: item.group.shape, members }, count };
}

/** The members of a group are equal; the last ones are taken to be the unexpected ones. */
function membersLeft({ group, left }: OpenGroup, count: number): readonly Member[] {
  const { members } = group;
  if (members.length < group.count) return members.slice(0, count);
  const start = group.count - left;
  return members.slice(start, start + count);
}
