/**
 * Upgrades that one client asks of one server for one host and path, one after the other, none of which lasts: what a
 * client that reconnects without end leaves in a capture.
 */
import type { PacketMark } from '../tcp/packet-mark.ts';
import { elapsedMs, millisecondsBetween } from '../basics/timestamp.ts';
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
    description: 'a connection that lives longer than this after its 101 is no part of a loop',
  },
} as const;

/**
 * One that was soon over. A million of them may be kept at a time, so nothing is kept but the trace, and the rest is
 * read from it when it is asked for.
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

  /** The first Close, FIN or RST; the response that refuses the upgrade. */
  get over(): PacketMark {
    return this.connection.refusal ?? this.ending.mark;
  }

  /** From the 101 until it was over; from the request where there was no 101. */
  get lifeMs(): number {
    const { hasResponse, openedAt } = this.connection;
    return elapsedMs((hasResponse ? openedAt : null) ?? this.request, this.over);
  }
}

export interface ReconnectSeries {
  readonly attempts: readonly Attempt[];
  /** Attempts of the same kind that were under way at the same time as one of these. */
  readonly overlapping: number;
}

/** No client's back-off waits longer than this: a later connection is not a reconnect. */
const MAX_PAUSE_MS = 300_000;

/** Codes of a client that complains (RFC 6455 §7.4.1), unlike 1000, 1001 and those of applications. */
const FIRST_COMPLAINT = 1002;
const LAST_COMPLAINT = 1015;

/** An upgrade that was asked for: one that was soon over, or one that ends a series because all was well with it. */
type Outcome = Attempt | 'lasted' | 'left in order';

type Options = OptionValues<typeof RECONNECT_OPTIONS>;

interface Answer extends Options {
  readonly series: ReconnectSeries[];
}

/** Two rules ask for the series of a capture, mostly for the same ones. */
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

/** A node of the tree by which series are found: a key put together from all parts would be a text for every connection. */
class Place {
  #inside: Map<string | number | null, Place> | null = null;
  /** That of one client, at the end of all parts. */
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

/** Keeps attempts while their series may go on, and those that were long enough. */
class SeriesFinder {
  readonly #enough: number;
  readonly #places = new Place();
  readonly #found: OpenSeries[] = [];

  constructor(enough: number) {
    this.#enough = enough;
  }

  /** In the order of the requests. */
  add({ clientAddress, server }: ConnectionTrace, request: RequestTrace, outcome: Outcome): void {
    const { address, port } = server;
    const { path } = request;
    const host = request.host?.toLowerCase() ?? null;
    if (typeof outcome === 'string') {
      const known = this.#places.find(address)?.find(port)?.find(host)?.find(path)?.find(clientAddress);
      if (known !== undefined) known.series = null;
      return;
    }
    const place = this.#places.at(address).at(port).at(host).at(path).at(clientAddress);
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
      // Of two at the same time, the one that is over first leaves room for the longer series.
      current.overlapping++;
      if (outcome.over.packet < previousOver.packet) current.attempts.splice(-1, 1, outcome);
    }
  }

  /** By where they begin. */
  finish(): ReconnectSeries[] {
    return this.#found.sort((a, b) => a.attempts[0]!.request.packet - b.attempts[0]!.request.packet);
  }
}

/** Of one with a request; null where the capture can't show what became of it. */
function outcomeOf(connection: ConnectionTrace, request: RequestTrace, lifeMs: number): Outcome | null {
  const { ending } = connection;
  const response = connection.hasResponse ? connection.openedAt : null;
  if (ending === null) {
    const hasLasted = response !== null && elapsedMs(response, connection.last) > lifeMs;
    return hasLasted ? 'lasted' : null;
  }
  // Bytes are missing, and a 101 may be among them.
  if (response === null && connection.hasGaps) return null;
  if (elapsedMs(response ?? request, connection.refusal ?? ending.mark) > lifeMs) return 'lasted';
  return isInOrder(ending) ? 'left in order' : new Attempt(connection);
}

/** The client was done with it. */
function isInOrder({ by, how, closeCode }: EndingTrace): boolean {
  if (by !== 'client' || how !== 'close') return false;
  return closeCode === null || closeCode < FIRST_COMPLAINT || closeCode > LAST_COMPLAINT;
}
