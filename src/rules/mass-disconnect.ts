/** mass-disconnect: many connections to one server end at the same moment. */
import { formatDuration } from '../basics/format-duration.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { formatTimestamp, millisecondsBetween, type Timestamp } from '../basics/timestamp.ts';
import {
  bounded,
  describeEndpoint,
  durationRange,
  firstPackets,
  MORE,
  oncePerWebSocket,
  rangeOf,
  tally,
} from '../judgement/capture-findings.ts';
import type { CaptureFinding, CaptureRule } from '../judgement/capture-rule.ts';
import type { ConnectionTrace, ConnectionTraces } from '../judgement/connection-trace.ts';
import { fill } from '../judgement/fill.ts';
import { count } from '../judgement/wording.ts';
import { RECONNECT_OPTIONS, reconnectSeries } from '../judgement/reconnect-series.ts';
import type { OptionValues } from '../judgement/rule.ts';
import { connectionRefused } from './connection-refused.ts';

const OPTIONS = {
  connections: {
    default: 3,
    unit: 'count',
    description: 'this many connections to one server that end together are a mass',
  },
  withinMs: { default: 1000, unit: 'ms', description: 'ends no further apart than this are together' },
} as const;

const MESSAGES = {
  'without-close':
    '{share} WebSockets then open to {server} ended {span}, from packet {packet} on, none with a Close frame: {ends}. They had been open for {life}.{after}',
  restart:
    'The server {server} sent a Close to {share} WebSockets then open, {span}, from packet {packet} on: {ends}. They had been open for {life}.{after}',
  // What follows, where attempts to connect were refused.
  back: ' It was gone for {away}: {refused} refused (from packet {first} on), and packet {back} began the first connection that it accepted again.',
  gone: ' It had not come back {away} later: {refused} refused (from packet {first} on).',
  // First lines.
  crash: 'the server {server} went away at {time}: {count} WebSockets at once{rest}',
  planned: 'the server {server} closed {count} WebSockets at {time} to restart{rest}',
  'rest-back': '; gone for {away} ({refused} refused), came back',
  'rest-gone': '; {refused} refused after it',
  more: MORE,
} as const;

/** Close codes of a server that goes away, or restarts, on purpose. */
const RESTART_CODES: readonly (number | null)[] = [1001, 1012];

/** A connection that ended younger than this has a trouble of its own, and does not count. */
const MIN_LIFE_MS = 1000;

/** Of the connections open at that moment, at least this share must end: on a busy server some always end. */
const MIN_SHARE = 0.1;
/** So many times as many must end as in the average second of the time around it, which is this long before and after. */
const TIMES_AVERAGE = 5;
const AROUND_MS = 30_000;
/** Ages that differ by at most this share are one age. */
const SAME_AGE = 0.01;
/** Of more ends than this the age is not looked at: where they don't stand out, the server is a busy one. */
const MAX_ONE_KIND = 200;
/** An attempt that is refused longer after the mass than this has another reason. */
const AWAY_MS = 300_000;

interface Ended {
  readonly connection: ConnectionTrace;
  readonly mark: PacketMark;
  /** From the start of the first connection to that server. */
  readonly atMs: number;
  readonly lifeMs: number;
  readonly isRestart: boolean;
  /** When it opened, from that start. */
  readonly openedMs: number;
  /** "by the server with FIN", "with 1001" */
  readonly how: string;
}

/** An attempt to connect that did not get past its SYN. */
interface Refused extends Place {
  readonly id: number;
  readonly cause: string;
}

/** The first packet of a connection. */
interface Place {
  /** From the start of the first connection to that server. */
  readonly atMs: number;
  readonly packet: number;
}

/** A server that refused connections after a mass. */
interface Absence {
  readonly refused: readonly Refused[];
  /** The first connection that it accepted again; null where there is none. */
  readonly back: Place | null;
  readonly awayMs: number;
}

export const massDisconnect: CaptureRule<typeof OPTIONS> = {
  id: 'mass-disconnect',
  title: 'Many connections to one server ended at the same moment',
  severity: 'warning',
  section: 'Across connections',
  place: 3,
  spec: 'experience; RFC 6455 §7.4.1 (1001), IANA registry (1012)',
  options: OPTIONS,
  messages: MESSAGES,
  checkCapture(connections, { hasTimes, otherLeg }, options) {
    if (!hasTimes) return [];
    const looping = loopingIds(connections);
    const findings = serversOf(connections, looping).flatMap((server) => findingsOf(server, options));
    return bounded(oncePerWebSocket(findings, otherLeg));
  },
};

/** The connections that are part of reconnect loops: where they end together, reconnect-loop reports it. */
function loopingIds(connections: ConnectionTraces): Set<number> {
  const options = {
    connections: RECONNECT_OPTIONS.connections.default,
    lifeMs: RECONNECT_OPTIONS.lifeMs.default,
  };
  return new Set(
    reconnectSeries(connections, options).flatMap(({ attempts }) =>
      attempts.map(({ connection }) => connection.id),
    ),
  );
}

/** What is kept of the WebSockets of one server. */
interface Server {
  readonly start: Timestamp;
  /** When all of them opened and ended, in milliseconds from `start`; `openings` in order. */
  readonly openings: number[];
  /** The latest end of those that opened up to each of `openings`; Infinity where one had not ended. */
  readonly lastEndUpTo: number[];
  readonly ends: number[];
  /** The ends that may be part of a mass. */
  readonly ended: Ended[];
  /** By packet. */
  readonly refused: Refused[];
  /** The connections that it accepted, by packet. */
  readonly accepted: Place[];
}

/** The servers, in the order in which the traces name them. */
function serversOf(connections: ConnectionTraces, looping: ReadonlySet<number>): Server[] {
  const lives: { readonly server: Server; readonly openedMs: number; readonly endMs: number }[] = [];
  const servers: Server[] = [];
  const byAddress = new Map<string, Map<number, Server>>();
  for (const connection of connections) {
    const { openedAt, end, cause } = connection;
    const isRefused = openedAt === null && cause === connectionRefused.id;
    if (openedAt === null && !isRefused && connection.request === null) continue;
    const { address, port } = connection.server;
    let byPort = byAddress.get(address);
    if (byPort === undefined) byAddress.set(address, (byPort = new Map<number, Server>()));
    let server = byPort.get(port);
    if (server === undefined) {
      server = {
        start: connection.first,
        openings: [],
        lastEndUpTo: [],
        ends: [],
        ended: [],
        refused: [],
        accepted: [],
      };
      byPort.set(port, server);
      servers.push(server);
    }
    const place = {
      atMs: millisecondsBetween(server.start, connection.first),
      packet: connection.first.packet,
    };
    if (isRefused) server.refused.push({ ...place, id: connection.id, cause });
    else server.accepted.push(place);
    if (openedAt === null) continue;
    const endMs = end === null ? Infinity : millisecondsBetween(server.start, end);
    lives.push({ server, openedMs: millisecondsBetween(server.start, openedAt), endMs });
    if (end !== null) server.ends.push(endMs);
    const ended = looping.has(connection.id) ? null : endedOf(connection, openedAt, server.start);
    if (ended !== null) server.ended.push(ended);
  }
  for (const { server, openedMs, endMs } of lives.sort((a, b) => a.openedMs - b.openedMs)) {
    server.openings.push(openedMs);
    server.lastEndUpTo.push(Math.max(server.lastEndUpTo.at(-1) ?? -Infinity, endMs));
  }
  for (const { refused, accepted } of servers) {
    refused.sort((a, b) => a.packet - b.packet);
    accepted.sort((a, b) => a.packet - b.packet);
  }
  return servers;
}

function findingsOf(server: Server, options: OptionValues<typeof OPTIONS>): CaptureFinding[] {
  const openAt = openCounter(server);
  return [false, true].flatMap((isRestart) =>
    clustersOf(
      server.ended.filter((end) => end.isRestart === isRestart),
      openAt,
      server,
      options,
    ).map((cluster) => findingOf(cluster, openAt, server)),
  );
}

/** An end without a Close, or with one that says that the server goes away; null for all others. */
function endedOf(connection: ConnectionTrace, openedAt: PacketMark, start: Timestamp): Ended | null {
  const { ending } = connection;
  if (ending === null) return null;
  const { by, how, mark, closeCode } = ending;
  const isRestart = how === 'close' && by === 'server' && RESTART_CODES.includes(closeCode);
  if (how === 'close' && !isRestart) return null;
  const lifeMs = millisecondsBetween(openedAt, mark);
  if (lifeMs < MIN_LIFE_MS) return null;
  return {
    connection,
    mark,
    atMs: millisecondsBetween(start, mark),
    lifeMs,
    openedMs: millisecondsBetween(start, openedAt),
    isRestart,
    how: how === 'close' ? `with ${closeCode ?? 'no code'}` : `by the ${by} with ${how.toUpperCase()}`,
  };
}

/** Counts the WebSockets that were open at a time. */
function openCounter({ openings, ends }: Server): (atMs: number) => number {
  ends.sort((a, b) => a - b);
  return (atMs) => firstAfter(openings, atMs) - firstNotBefore(ends, atMs);
}

/** How many of the sorted values are at most `limit`. `firstNotBefore` counts those below it. */
function firstAfter(sorted: readonly number[], limit: number): number {
  return partition(sorted, (value) => value <= limit);
}

function firstNotBefore(sorted: readonly number[], limit: number): number {
  return partition(sorted, (value) => value < limit);
}

function partition<T>(sorted: readonly T[], isBefore: (value: T) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Groups of ends: each begins with a mass, and goes on until a pause longer than `withinMs`. */
function clustersOf(
  ended: readonly Ended[],
  openAt: (atMs: number) => number,
  server: Server,
  { connections: least, withinMs }: OptionValues<typeof OPTIONS>,
): Ended[][] {
  const sorted = ended.toSorted((a, b) => a.atMs - b.atMs);
  const clusters: Ended[][] = [];
  for (let from = 0, to = 0; from < sorted.length;) {
    const { atMs } = sorted[from]!;
    while (to < sorted.length && sorted[to]!.atMs - atMs <= withinMs) to++;
    const size = to - from;
    const isEnough = size >= Math.max(2, least) && size >= openAt(atMs) * MIN_SHARE;
    if (!isEnough || !(standsOut(size, atMs, withinMs, server) || isOneKind(sorted, from, to, server))) {
      from++;
      continue;
    }
    while (to < sorted.length && sorted[to]!.atMs - sorted[to - 1]!.atMs <= withinMs) to++;
    clusters.push(sorted.slice(from, to));
    from = to;
  }
  return clusters;
}

/** Whether far more ended than in the average second of the time around. */
function standsOut(size: number, atMs: number, withinMs: number, { openings, ends }: Server): boolean {
  const from = Math.max(atMs - AROUND_MS, openings[0] ?? atMs);
  const to = Math.min(atMs + AROUND_MS, ends.at(-1) ?? atMs);
  const others = firstAfter(ends, to) - firstNotBefore(ends, from) - size;
  // What was before the first opening, and after the last end, nobody knows.
  const seconds = Math.max(1, (to - from - withinMs) / 1000);
  return size >= (TIMES_AVERAGE * Math.max(0, others)) / seconds;
}

/** Whether the ends from `from` up to `to` have one age, or are one generation. */
function isOneKind(sorted: readonly Ended[], from: number, to: number, server: Server): boolean {
  if (to - from > MAX_ONE_KIND) return false;
  const together = sorted.slice(from, to);
  return haveOneAge(together) || areOneGeneration(together, server);
}

function haveOneAge(together: readonly Ended[]): boolean {
  const { min, max } = rangeOf(together.map(({ lifeMs }) => lifeMs));
  return max - min <= max * SAME_AGE;
}

/** Whether nothing that opened before the youngest of them outlived them: a reload ends all that is older than itself. */
function areOneGeneration(together: readonly Ended[], { openings, lastEndUpTo }: Server): boolean {
  const youngest = rangeOf(together.map(({ openedMs }) => openedMs)).max;
  const older = firstAfter(openings, youngest);
  const last = together.at(-1)!.atMs;
  return lastEndUpTo[older - 1]! <= last && lastEndUpTo.at(-1)! > last;
}

/** What became of the server: how many attempts it refused next, and when it accepted one again. */
function absenceOf(cluster: readonly Ended[], { refused, accepted }: Server): Absence | null {
  const first = cluster[0]!;
  const back = accepted[firstBehind(accepted, first.mark.packet)] ?? null;
  const next: Refused[] = [];
  for (let at = firstBehind(refused, first.mark.packet); at < refused.length; at++) {
    const each = refused[at]!;
    if (each.atMs - first.atMs > AWAY_MS || (back !== null && each.packet > back.packet)) break;
    next.push(each);
  }
  const lastRefused = next.at(-1);
  return lastRefused === undefined
    ? null
    : { refused: next, back, awayMs: (back ?? lastRefused).atMs - first.atMs };
}

/** The index of the first one, of those sorted by packet, that comes behind a packet. */
function firstBehind(places: readonly Place[], packet: number): number {
  return partition(places, (place) => place.packet <= packet);
}

function findingOf(
  cluster: readonly Ended[],
  openAt: (atMs: number) => number,
  traced: Server,
): CaptureFinding {
  const first = cluster[0]!;
  const { isRestart, atMs } = first;
  const { server } = first.connection;
  const spanMs = cluster.at(-1)!.atMs - atMs;
  // In a mass that lasts, some connections may have opened only after it began.
  const open = Math.max(openAt(atMs), cluster.length);
  const { min, max } = rangeOf(cluster.map(({ lifeMs }) => lifeMs));
  const byServer = cluster.filter(({ connection }) => connection.firstEndBy === 'server').length;
  const clients = new Set(cluster.map((end) => end.connection.clientAddress)).size;
  const absence = absenceOf(cluster, traced);
  const gone = {
    away: formatDuration(absence?.awayMs ?? 0),
    refused: count(absence?.refused.length ?? 0, 'attempt'),
    first: absence?.refused[0]?.packet ?? '',
    back: absence?.back?.packet ?? '',
  };
  const rest =
    absence === null ? '' : fill(MESSAGES[absence.back === null ? 'rest-gone' : 'rest-back'], gone);
  const isCrash = byServer * 2 >= cluster.length;
  return {
    kind: isRestart ? 'restart' : 'without-close',
    severity: isRestart ? 'info' : 'warning',
    message: fill(isRestart ? MESSAGES.restart : MESSAGES['without-close'], {
      share: describeShare(cluster.length, open, isRestart),
      server: describeEndpoint(server),
      span: spanMs === 0 ? 'at the same moment' : `within ${formatDuration(spanMs)}`,
      packet: first.mark.packet,
      ends: tally(cluster.map(({ how }) => how)),
      life: durationRange(min, max),
      after: absence === null ? '' : fill(MESSAGES[absence.back === null ? 'gone' : 'back'], gone),
    }),
    ...((isRestart ? absence !== null : isCrash)
      ? {
          headline: fill(MESSAGES[isRestart ? 'planned' : 'crash'], {
            server: describeEndpoint(server),
            time: clockText(first.mark),
            count: cluster.length,
            rest,
          }),
        }
      : {}),
    followers: [
      ...cluster.flatMap(({ connection: { id, cause } }) => (cause === null ? [] : [{ rule: cause, id }])),
      ...(absence?.refused ?? []).map(({ cause, id }) => ({ rule: cause, id })),
    ],
    advice: isRestart ? ADVICE.restart : adviceOn(byServer, cluster.length, clients),
    packets: firstPackets(cluster.map(({ mark }) => mark.packet)),
    at: first.mark,
    connections: cluster.map((end) => end.connection.id).sort((a, b) => a - b),
    evidence: {
      serverAddress: server.address,
      serverPort: server.port,
      connections: cluster.length,
      open,
      spanMs,
      refusedAfter: absence?.refused.length ?? 0,
      awayMs: absence === null ? null : absence.awayMs,
      isBack: absence === null ? null : absence.back !== null,
      endedByServer: byServer,
      clientAddresses: clients,
      shortestLifeMs: min,
      longestLifeMs: max,
    },
  };
}

/** "10:00:01.234 UTC". */
function clockText(mark: PacketMark): string {
  return `${formatTimestamp(mark).slice(11, 23)} UTC`;
}

function describeShare(count: number, open: number, isInSentence: boolean): string {
  if (count < open) return `${count} of the ${open}`;
  return isInSentence ? `all ${count}` : `All ${count}`;
}

const ADVICE = {
  restart:
    'A planned restart, announced as it should be. See that clients wait a random time before they come back, or they ' +
    'all arrive at once.',
  server:
    'Look at what happened to that server, or to a proxy or load balancer before it, at that moment: a reload that ' +
    'ended its old workers, a deployment, a crash.',
  client:
    'Look at that client at that moment: a program or device that ended, or, where it is a proxy or gateway, one that ' +
    'was restarted.',
  clients:
    'Different clients hung up together: look at what they share at that moment, such as a proxy, a gateway or a ' +
    'network, and at an update that restarted them.',
} as const;

function adviceOn(byServer: number, all: number, clients: number): string {
  if (byServer * 2 >= all) return ADVICE.server;
  return clients === 1 ? ADVICE.client : ADVICE.clients;
}
