/** mass-disconnect: many connections to one server end at the same moment. */
import { formatDuration } from '../basics/format-duration.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween, type Timestamp } from '../basics/timestamp.ts';
import {
  bounded,
  describeEndpoint,
  durationRange,
  firstPackets,
  MORE,
  rangeOf,
  tally,
} from '../judgement/capture-findings.ts';
import type { CaptureFinding, CaptureRule } from '../judgement/capture-rule.ts';
import type { ConnectionTrace, ConnectionTraces } from '../judgement/connection-trace.ts';
import { fill } from '../judgement/fill.ts';
import { RECONNECT_OPTIONS, reconnectSeries } from '../judgement/reconnect-series.ts';
import type { OptionValues } from '../judgement/rule.ts';

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
    '{share} WebSockets then open to {server} ended {span}, from packet {packet} on, none with a Close frame: {ends}. They had been open for {life}.',
  restart:
    'The server {server} sent a Close to {share} WebSockets then open, {span}, from packet {packet} on: {ends}. They had been open for {life}.',
  more: MORE,
} as const;

/** Close codes of a server that goes away, or restarts, on purpose. */
const RESTART_CODES: readonly (number | null)[] = [1001, 1012];

/** A connection that ended younger than this has a trouble of its own, and does not count. */
const MIN_LIFE_MS = 1000;

/** Of the connections open at that moment, at least this share must end: on a busy server some always end. */
const MIN_SHARE = 0.1;

interface Ended {
  readonly connection: ConnectionTrace;
  readonly mark: PacketMark;
  /** From the start of the first connection to that server. */
  readonly atMs: number;
  readonly lifeMs: number;
  readonly isRestart: boolean;
  /** "by the server with FIN", "with 1001" */
  readonly how: string;
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
  checkCapture(connections, { hasTimes }, options) {
    if (!hasTimes) return [];
    const looping = loopingIds(connections);
    return bounded(serversOf(connections, looping).flatMap((server) => findingsOf(server, options)));
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
  /** When all of them opened and ended, in milliseconds from `start`, in no order. */
  readonly openings: number[];
  readonly ends: number[];
  /** The ends that may be part of a mass. */
  readonly ended: Ended[];
}

/** The servers, in the order in which the traces name them. */
function serversOf(connections: ConnectionTraces, looping: ReadonlySet<number>): Server[] {
  const servers: Server[] = [];
  const byAddress = new Map<string, Map<number, Server>>();
  for (const connection of connections) {
    const { openedAt, end } = connection;
    if (openedAt === null) continue;
    const { address, port } = connection.server;
    let byPort = byAddress.get(address);
    if (byPort === undefined) byAddress.set(address, (byPort = new Map<number, Server>()));
    let server = byPort.get(port);
    if (server === undefined) {
      server = { start: connection.first, openings: [], ends: [], ended: [] };
      byPort.set(port, server);
      servers.push(server);
    }
    server.openings.push(millisecondsBetween(server.start, openedAt));
    if (end !== null) server.ends.push(millisecondsBetween(server.start, end));
    const ended = looping.has(connection.id) ? null : endedOf(connection, openedAt, server.start);
    if (ended !== null) server.ended.push(ended);
  }
  return servers;
}

function findingsOf(server: Server, options: OptionValues<typeof OPTIONS>): CaptureFinding[] {
  const openAt = openCounter(server);
  return [false, true].flatMap((isRestart) =>
    clustersOf(
      server.ended.filter((end) => end.isRestart === isRestart),
      openAt,
      options,
    ).map((cluster) => findingOf(cluster, openAt)),
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
    isRestart,
    how: how === 'close' ? `with ${closeCode ?? 'no code'}` : `by the ${by} with ${how.toUpperCase()}`,
  };
}

/** Counts the WebSockets that were open at a time. */
function openCounter({ openings, ends }: Server): (atMs: number) => number {
  openings.sort((a, b) => a - b);
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

function partition(sorted: readonly number[], isBefore: (value: number) => boolean): number {
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
  { connections: least, withinMs }: OptionValues<typeof OPTIONS>,
): Ended[][] {
  const sorted = ended.toSorted((a, b) => a.atMs - b.atMs);
  const clusters: Ended[][] = [];
  for (let from = 0, to = 0; from < sorted.length;) {
    const { atMs } = sorted[from]!;
    while (to < sorted.length && sorted[to]!.atMs - atMs <= withinMs) to++;
    const count = to - from;
    if (count < Math.max(2, least) || count < openAt(atMs) * MIN_SHARE) {
      from++;
      continue;
    }
    while (to < sorted.length && sorted[to]!.atMs - sorted[to - 1]!.atMs <= withinMs) to++;
    clusters.push(sorted.slice(from, to));
    from = to;
  }
  return clusters;
}

function findingOf(cluster: readonly Ended[], openAt: (atMs: number) => number): CaptureFinding {
  const first = cluster[0]!;
  const { isRestart, atMs } = first;
  const { server } = first.connection;
  const spanMs = cluster.at(-1)!.atMs - atMs;
  // In a mass that lasts, some connections may have opened only after it began.
  const open = Math.max(openAt(atMs), cluster.length);
  const { min, max } = rangeOf(cluster.map(({ lifeMs }) => lifeMs));
  const byServer = cluster.filter(({ connection }) => connection.firstEndBy === 'server').length;
  const clients = new Set(cluster.map((end) => end.connection.clientAddress)).size;
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
    }),
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
      endedByServer: byServer,
      clientAddresses: clients,
      shortestLifeMs: min,
      longestLifeMs: max,
    },
  };
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
