/**
 * Upgrades that one client asks of one server for one host and path, one after the other, none of which lasts: what a
 * client that reconnects without end leaves in a capture.
 */
import type { PacketMark } from '../tcp/packet-mark.ts';
import { elapsedMs, millisecondsBetween } from '../timestamp.ts';
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

  /** From the 101 until it was over; from the request where there was none. */
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

/** No client's back-off waits longer than this: what comes later is no reconnect. */
const MAX_PAUSE_MS = 300_000;

/** Codes of a client that complains (RFC 6455 §7.4.1), unlike 1000, 1001 and those of applications. */
const FIRST_COMPLAINT = 1002;
const LAST_COMPLAINT = 1015;

/** An upgrade that was asked for: one that was soon over, or one that ends a series because all was well with it. */
type Outcome = Attempt | 'lasted' | 'left in order';

type Options = OptionValues<typeof RECONNECT_OPTIONS>;

export function reconnectSeries(
  connections: ConnectionTraces,
  { connections: least, lifeMs }: Options,
): ReconnectSeries[] {
  const found = new SeriesFinder(Math.max(2, least));
  for (const connection of connections.byRequest()) {
    const { request } = connection;
    if (request === null) continue;
    const outcome = outcomeOf(connection, lifeMs);
    if (outcome !== null) found.add(keyOf(connection, request), outcome);
  }
  return found.finish();
}

function keyOf({ clientAddress, server }: ConnectionTrace, { host, path }: RequestTrace): string {
  return JSON.stringify([clientAddress, server.address, server.port, host?.toLowerCase() ?? null, path]);
}

interface OpenSeries {
  readonly attempts: Attempt[];
  overlapping: number;
}

/** Keeps series while they may go on, and those that were long enough: the rest of a large capture leaves nothing. */
class SeriesFinder {
  readonly #enough: number;
  readonly #open = new Map<string, OpenSeries>();
  readonly #found: OpenSeries[] = [];

  constructor(enough: number) {
    this.#enough = enough;
  }

  /** In the order of the requests. */
  add(key: string, outcome: Outcome): void {
    const current = this.#open.get(key);
    if (typeof outcome === 'string') {
      if (current !== undefined) this.#close(key, current);
      return;
    }
    const previous = current?.attempts.at(-1);
    if (current === undefined || previous === undefined || isNewSeries(previous, outcome)) {
      if (current !== undefined) this.#close(key, current);
      this.#open.set(key, { attempts: [outcome], overlapping: 0 });
    } else if (outcome.request.packet >= previous.over.packet) {
      current.attempts.push(outcome);
    } else {
      // Of two at the same time, the one that is over first leaves room for the longer series.
      current.overlapping++;
      if (outcome.over.packet < previous.over.packet) current.attempts.splice(-1, 1, outcome);
    }
  }

  /** By where they begin. */
  finish(): ReconnectSeries[] {
    for (const [key, series] of this.#open) this.#close(key, series);
    return this.#found.sort((a, b) => a.attempts[0]!.request.packet - b.attempts[0]!.request.packet);
  }

  #close(key: string, series: OpenSeries): void {
    this.#open.delete(key);
    if (series.attempts.length >= this.#enough) this.#found.push(series);
  }
}

function isNewSeries(previous: Attempt, next: Attempt): boolean {
  return millisecondsBetween(previous.over, next.request) > MAX_PAUSE_MS;
}

/** Of one with a request; null where the capture can't show what became of it. */
function outcomeOf(connection: ConnectionTrace, lifeMs: number): Outcome | null {
  const { ending, openedAt, hasResponse } = connection;
  const response = hasResponse ? openedAt : null;
  if (ending === null) {
    const hasLasted = response !== null && elapsedMs(response, connection.last) > lifeMs;
    return hasLasted ? 'lasted' : null;
  }
  // Bytes are missing, and a 101 may be among them.
  if (response === null && connection.hasGaps) return null;
  const attempt = new Attempt(connection);
  if (attempt.lifeMs > lifeMs) return 'lasted';
  return isInOrder(ending) ? 'left in order' : attempt;
}

/** The client was done with it. */
function isInOrder({ by, how, closeCode }: EndingTrace): boolean {
  if (by !== 'client' || how !== 'close') return false;
  return closeCode === null || closeCode < FIRST_COMPLAINT || closeCode > LAST_COMPLAINT;
}
