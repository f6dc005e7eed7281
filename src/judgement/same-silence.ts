/** Connections to one server that the same side ended after the same silence, and of which no rule names the limit yet. */
import type { Role } from '../connection/record.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { groupBy } from './capture-findings.ts';
import type { ConnectionTrace, ConnectionTraces } from './connection-trace.ts';

export interface SameSilence {
  readonly by: Role;
  readonly server: ConnectionTrace['server'];
  /** By the packet in which each ended. */
  readonly connections: readonly ConnectionTrace[];
  readonly shortestMs: number;
  readonly longestMs: number;
  /** They also lived for the same time: then the age may have been limited. */
  readonly isSameAge: boolean;
  /** All of them are of clients that are proxies. */
  readonly isProxy: boolean;
}

/** Silences that differ by at most this share are one. */
const RATIO = 1.01;
/** A shorter silence is the pace of an application. */
const SHORTEST_MS = 1000;
/** Ends closer together than this are one event, which says nothing about silence. */
const ONE_EVENT_MS = 1000;
/** Of the bare ends by this side, at least this share must have come after that silence: fewer may be a coincidence. */
const MIN_SHARE = 0.5;

/**
 * @param least so many connections, that ended at different times, show a limit
 * @param isBare whether nothing else explains an end, by the rule that does
 */
export function sameSilences(
  connections: ConnectionTraces,
  least: number,
  isBare: (cause: string | null) => boolean,
): SameSilence[] {
  const groups = groupBy(silentEnds(connections, isBare), ({ server, ending }) =>
    ending === null ? null : `${server.address} ${server.port} ${ending.by}`,
  );
  return [...groups.values()].flatMap((group) => largestOf(group, Math.max(2, least)) ?? []);
}

function* silentEnds(
  connections: ConnectionTraces,
  isBare: (cause: string | null) => boolean,
): Generator<ConnectionTrace> {
  for (const connection of connections) {
    // Where a rule names the limit of a single connection, nothing is left to say.
    if (connection.silentMs !== null && !connection.wasIdle && isBare(connection.cause)) yield connection;
  }
}

function largestOf(group: readonly ConnectionTrace[], least: number): SameSilence | null {
  if (group.length < least) return null;
  const sorted = group
    .map((connection) => ({ connection, ms: connection.silentMs! }))
    .filter(({ ms }) => ms >= SHORTEST_MS)
    .sort((a, b) => a.ms - b.ms);
  let best = { from: 0, to: 0 };
  for (let from = 0, to = 0; from < sorted.length; from++) {
    while (to < sorted.length && sorted[to]!.ms <= sorted[from]!.ms * RATIO) to++;
    if (to - from > best.to - best.from) best = { from, to };
  }
  const same = sorted.slice(best.from, best.to);
  const connections = same
    .map(({ connection }) => connection)
    .sort((a, b) => a.ending!.mark.packet - b.ending!.mark.packet);
  if (same.length < group.length * MIN_SHARE || eventsOf(connections) < least) return null;
  const { by } = connections[0]!.ending!;
  return {
    by,
    server: connections[0]!.server,
    connections,
    shortestMs: same[0]!.ms,
    longestMs: same.at(-1)!.ms,
    isSameAge: haveSameAge(connections),
    isProxy: by === 'client' && connections.every(({ isFromProxy }) => isFromProxy),
  };
}

function haveSameAge(connections: readonly ConnectionTrace[]): boolean {
  const ages = connections
    .map(({ openedAt, ending }) => millisecondsBetween(openedAt!, ending!.mark))
    .sort((a, b) => a - b);
  return ages.at(-1)! <= ages[0]! * RATIO;
}

/** At how many different moments they ended. */
function eventsOf(connections: readonly ConnectionTrace[]): number {
  let events = 0;
  let previous: ConnectionTrace | null = null;
  for (const connection of connections) {
    const isAnother =
      previous === null ||
      millisecondsBetween(previous.ending!.mark, connection.ending!.mark) >= ONE_EVENT_MS;
    if (!isAnother) continue;
    events++;
    previous = connection;
  }
  return events;
}
