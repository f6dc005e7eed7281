/**
 * Finds series of upgrades that one client asks of one server, for one host and path, one after the other, of
 * which none lasts. A client that reconnects without end leaves such a series in a capture.
 */
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import type { ConnectionTrace, ConnectionTraces, EndingTrace, RequestTrace } from './connection-trace.ts';
import type { OptionValues } from './rule.ts';

export const RECONNECT_OPTIONS = {
  connections: {
    default: 3,
    unit: 'count',
    description: 'this many short connections, one after the other, are a loop',
  },
  lifeMs: {
    default: 15_000,
    unit: 'ms',
    description: 'a connection that lives longer than this after its 101 is not part of a loop',
  },
} as const;

/**
 * An attempt that was soon over. A million of them may be kept at a time, so an attempt keeps only the trace,
 * and reads the rest from it when asked.
 */
export class Attempt {
  readonly connection: ConnectionTrace;

  /** @param connection with a request and an ending */
  constructor(connection: ConnectionTrace) {
    this.connection = connection;
  }

  get request(): RequestTrace {
    return this.connection.request!;
  }

  get ending(): EndingTrace {
    return this.connection.ending!;
  }

  /** When it was over: the response that refuses the upgrade, or else the first Close, FIN or RST. */
  get over(): PacketMark {
    return this.connection.refusal ?? this.ending.mark;
  }

  /** From the 101 until it was over; from the request where there was no 101. */
  get lifeMs(): number {
    const { hasResponse, openedAt } = this.connection;
    return millisecondsBetween((hasResponse ? openedAt : null) ?? this.request, this.over);
  }
}

export interface ReconnectSeries {
  readonly attempts: readonly Attempt[];
  /** Attempts of the same kind that were under way at the same time as one of these. */
  readonly overlapping: number;
}

/** No client's back-off waits longer than this: a later connection is not a reconnect. */
const MAX_PAUSE_MS = 300_000;

/** Codes with which a client complains (RFC 6455 §7.4.1), unlike 1000, 1001 and the codes of applications. */
const FIRST_COMPLAINT = 1002;
const LAST_COMPLAINT = 1015;

/**
 * What became of an upgrade: an attempt that was soon over, or one that ends a series because all was well.
 */
type Outcome = Attempt | 'lasted' | 'left in order';

type Options = OptionValues<typeof RECONNECT_OPTIONS>;

interface Answer extends Options {
  readonly series: ReconnectSeries[];
}

/** Two rules ask for the series of a capture, usually with the same options. */
const answers = new WeakMap<ConnectionTraces, Answer>();

export function reconnectSeries(
  connections: ConnectionTraces,
  { connections: least, lifeMs }: Options,
): readonly ReconnectSeries[] {
  const known = answers.get(connections);
  if (known?.connections === least && known.lifeMs === lifeMs) return known.series;
  const finder = new SeriesFinder(Math.max(2, least));
  for (const connection of connections.byRequest()) {
    const { request } = connection;
    if (request === null) continue;
    const outcome = outcomeOf(connection, request, lifeMs);
    if (outcome !== null) finder.add(connection, request, outcome);
  }
  const series = finder.finish();
  answers.set(connections, { connections: least, lifeMs, series });
  return series;
}

interface OpenSeries {
  readonly attempts: Attempt[];
  overlapping: number;
}

/**
 * A node of the tree in which series are found. A key made of all parts would cost a string for every
 * connection.
 */
class Place {
  #inside: Map<string | number | null, Place> | null = null;
  /** The series of one client; only nodes of the last part have one. */
  series: OpenSeries | null = null;

  find(part: string | number | null): Place | undefined {
    return this.#inside?.get(part);
  }

  at(part: string | number | null): Place {
    const known = this.find(part);
    if (known !== undefined) return known;
    const place = new Place();
    (this.#inside ??= new Map<string | number | null, Place>()).set(part, place);
    return place;
  }
}

/** Keeps the series that may still go on, and those that have enough attempts. */
class SeriesFinder {
  readonly #enough: number;
  readonly #places = new Place();
  readonly #found: OpenSeries[] = [];

  constructor(enough: number) {
    this.#enough = enough;
  }

  /** Is called in the order of the requests. */
  add({ clientAddress, server }: ConnectionTrace, request: RequestTrace, outcome: Outcome): void {
    const { address, port } = server;
    const { path } = request;
    const host = request.host?.toLowerCase() ?? null;
    if (typeof outcome === 'string') {
      const known = this.#places
        .find(address)
        ?.find(port)
        ?.find(host)
        ?.find(path)
        ?.find(clientAddress)
        ?.find(request.user);
      if (known !== undefined) known.series = null;
      return;
    }
    const place = this.#places.at(address).at(port).at(host).at(path).at(clientAddress).at(request.user);
    const current = place.series;
    const previous = current?.attempts.at(-1);
    if (current === null || previous === undefined) {
      place.series = { attempts: [outcome], overlapping: 0 };
      return;
    }
    const previousOver = previous.over;
    if (millisecondsBetween(previousOver, request) > MAX_PAUSE_MS) {
      place.series = { attempts: [outcome], overlapping: 0 };
    } else if (request.packet >= previousOver.packet) {
      current.attempts.push(outcome);
      if (current.attempts.length === this.#enough) this.#found.push(current);
    } else {
      // Of two attempts at the same time, keep the one that is over first: more attempts can follow it.
      current.overlapping++;
      if (outcome.over.packet < previousOver.packet) current.attempts.splice(-1, 1, outcome);
    }
  }

  /** The series with enough attempts, in the order in which they begin. */
  finish(): ReconnectSeries[] {
    return this.#found.sort((a, b) => a.attempts[0]!.request.packet - b.attempts[0]!.request.packet);
  }
}

/** What became of a connection with a request; null where the capture can't show it. */
function outcomeOf(connection: ConnectionTrace, request: RequestTrace, lifeMs: number): Outcome | null {
  const { ending } = connection;
  const response = connection.hasResponse ? connection.openedAt : null;
  if (ending === null) {
    const hasLasted = response !== null && millisecondsBetween(response, connection.last) > lifeMs;
    return hasLasted ? 'lasted' : null;
  }
  // Bytes are missing, and a 101 may be among them.
  if (response === null && connection.hasGaps) return null;
  if (millisecondsBetween(response ?? request, connection.refusal ?? ending.mark) > lifeMs) return 'lasted';
  return isInOrder(ending) ? 'left in order' : new Attempt(connection);
}

/** The client closed the WebSocket because it was done with it. */
function isInOrder({ by, how, closeCode }: EndingTrace): boolean {
  if (by !== 'client' || how !== 'close') return false;
  return closeCode === null || closeCode < FIRST_COMPLAINT || closeCode > LAST_COMPLAINT;
}
