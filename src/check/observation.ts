/**
 * A capture in the form in which it is compared: its connections, equal ones grouped. Bounded: without a bound, a
 * capture of a million connections, all different, would get an expectation longer than itself.
 */
import type { ConnectionReport, Report, ReportSummary } from '../report/model.ts';
import type { ConnectionShape, RuleSeverities } from './expectation.ts';
import { shapeOf, worstByRule } from './shape.ts';

/** Stands for the targets of connections beyond the bound. */
export const MORE = '(more)';
/**
 * This many different connections are told apart; of others, only verdict and findings are compared.
 * @bound different connections that an expectation tells apart: {count}; of more verdict and findings
 */
const MAX_SHAPES = 1000;
/** How many connections of a group messages can name. */
const MAX_MEMBERS = 16;

/** Facts that a message gives about one connection, but that are not compared. */
export interface Member {
  readonly id: number;
  /** Packet of the first FIN or RST. */
  readonly packet: number | null;
  readonly afterUpgradeMs: number | null;
}

export interface ObservedGroup {
  readonly shape: ConnectionShape;
  readonly count: number;
  /** They are attempts of a client that tries again: how many there are is a matter of time. */
  readonly isRetried: boolean;
  /** The first ones, by connection number. */
  readonly members: readonly Member[];
}

export interface Observation {
  /** Sorted by target, then by their first connections. */
  readonly groups: readonly ObservedGroup[];
  /** Findings over the whole capture. */
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

/** Takes connections when they are over. */
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
    const attempts = new Set(anomalies.filter(tellsRhythm).flatMap(({ connections }) => connections));
    const groups = [...this.#groups.values()].map(({ shape, count, members }) => ({
      shape,
      count,
      isRetried: shape.verdict === 'refused' || members.some(({ id }) => attempts.has(id)),
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

/** A finding over the capture that tells how far apart connections began is about the attempts of one client. */
function tellsRhythm({ evidence }: ReportSummary['anomalies'][number]): boolean {
  return typeof evidence['intervalMedianMs'] === 'number';
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
