/**
 * What a capture came to, as it is compared: its connections, those that came to the same together. Bounded: of a capture of a
 * million connections, no two alike, an expectation would be longer than the capture.
 */
import type { ConnectionReport, Report, ReportSummary } from '../report/model.ts';
import type { ConnectionShape, RuleSeverities } from './expectation.ts';
import { shapeOf, worstByRule } from './shape.ts';

/** Stands for the targets of connections beyond the bound. */
export const MORE = '(more)';
/** Different connections that are told apart; of those beyond only verdict and anomalies. */
const MAX_SHAPES = 1000;
/** Connections of a group that messages can name. */
const MAX_MEMBERS = 16;

/** What a message says of one connection, but no comparison. */
export interface Member {
  readonly id: number;
  /** Of the first FIN or RST. */
  readonly packet: number | null;
  readonly afterUpgradeMs: number | null;
}

export interface ObservedGroup {
  readonly shape: ConnectionShape;
  readonly count: number;
  /** The first ones, by number. */
  readonly members: readonly Member[];
}

export interface Observation {
  /** By target, then in the order of their first connections. */
  readonly groups: readonly ObservedGroup[];
  /** Over the whole capture. */
  readonly anomalies: RuleSeverities;
}

export function observe(report: Report): Observation {
  const observer = new Observer(report.options.windowMs);
  for (const connection of report.connections) observer.add(connection);
  return observer.end(report);
}

interface Group {
  readonly shape: ConnectionShape;
  count: number;
  members: Member[];
}

/** Takes connections as they end. */
export class Observer {
  readonly #windowMs: number;
  readonly #groups = new Map<string, Group>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(connection: ConnectionReport): void {
    const group = this.#groupOf(shapeOf(connection, this.#windowMs));
    const { id, close } = connection;
    group.count++;
    group.members.push({
      id,
      packet: close?.packet ?? null,
      afterUpgradeMs: close?.afterUpgradeMs ?? null,
    });
    if (group.members.length >= 2 * MAX_MEMBERS) group.members = firstMembers(group.members);
  }

  end({ anomalies }: Pick<ReportSummary, 'anomalies'>): Observation {
    const groups = [...this.#groups.values()].map(({ shape, count, members }) => ({
      shape,
      count,
      members: firstMembers(members),
    }));
    return { groups: groups.sort(byTarget), anomalies: worstByRule(anomalies) };
  }

  #groupOf(shape: ConnectionShape): Group {
    const key = JSON.stringify(shape);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= MAX_SHAPES && shape.target !== MORE) return this.#groupOf(reduced(shape));
    const group = { shape, count: 0, members: [] };
    this.#groups.set(key, group);
    return group;
  }
}

function reduced({ verdict, anomalies }: ConnectionShape): ConnectionShape {
  return {
    target: MORE,
    verdict,
    upgrade: 'not compared',
    closed: 'not compared',
    messages: { client: 0, server: 0 },
    anomalies,
  };
}

function firstMembers(members: readonly Member[]): Member[] {
  return members.toSorted((a, b) => a.id - b.id).slice(0, MAX_MEMBERS);
}

function byTarget(a: ObservedGroup, b: ObservedGroup): number {
  const [targetOfA, targetOfB] = [a.shape.target ?? '', b.shape.target ?? ''];
  if (targetOfA !== targetOfB) return targetOfA < targetOfB ? -1 : 1;
  return a.members[0]!.id - b.members[0]!.id;
}
