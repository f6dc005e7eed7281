/**
 * Upgrades that one client asks of one server for one host and path, one after the other, none of which lasts: what a
 * client that reconnects without end leaves in a capture.
 */
import type { PacketMark } from '../tcp/packet-mark.ts';
import { elapsedMs, millisecondsBetween } from '../timestamp.ts';
import { groupBy } from './capture-findings.ts';
import type { ConnectionTrace, EndingTrace, RequestTrace } from './connection-trace.ts';
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

export interface Attempt {
  readonly connection: ConnectionTrace;
  readonly request: RequestTrace;
  /** The first Close, FIN or RST; the response that refuses the upgrade. */
  readonly over: PacketMark;
  readonly ending: EndingTrace;
  /** From the 101 until it was over; from the request where there was none. */
  readonly lifeMs: number;
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

interface Asked {
  readonly connection: ConnectionTrace;
  readonly request: RequestTrace;
}

export function reconnectSeries(
  connections: Iterable<ConnectionTrace>,
  { connections: least, lifeMs }: OptionValues<typeof RECONNECT_OPTIONS>,
): ReconnectSeries[] {
  const enough = Math.max(2, least);
  const frequent = keysOfMany(connections, enough, lifeMs);
  return [...groupBy(askedOf(connections, frequent), keyOf).values()]
    .flatMap((group) => seriesOf(group, lifeMs))
    .filter(({ attempts }) => attempts.length >= enough);
}

/** What was asked for so often, without lasting, that it may be a series: the rest of a large capture is not kept. */
function keysOfMany(connections: Iterable<ConnectionTrace>, enough: number, lifeMs: number): Set<string> {
  const counts = new Map<string, number>();
  const frequent = new Set<string>();
  for (const connection of connections) {
    const { request } = connection;
    if (request === null) continue;
    const asked = { connection, request };
    if (!isAttempt(outcomeOf(asked, lifeMs))) continue;
    const key = keyOf(asked);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count >= enough) frequent.add(key);
  }
  return frequent;
}

function* askedOf(
  connections: Iterable<ConnectionTrace>,
  frequent: ReadonlySet<string>,
): Generator<Asked, void, undefined> {
  if (frequent.size === 0) return;
  for (const connection of connections) {
    const { request } = connection;
    if (request === null) continue;
    const asked = { connection, request };
    if (frequent.has(keyOf(asked))) yield asked;
  }
}

function keyOf({ connection: { clientAddress, server }, request: { host, path } }: Asked): string {
  return JSON.stringify([clientAddress, server.address, server.port, host?.toLowerCase() ?? null, path]);
}

function isAttempt(outcome: Outcome | null): outcome is Attempt {
  return outcome !== null && typeof outcome !== 'string';
}

function seriesOf(group: readonly Asked[], lifeMs: number): ReconnectSeries[] {
  const series: { attempts: Attempt[]; overlapping: number }[] = [];
  let current: (typeof series)[number] | null = null;
  for (const asked of group.toSorted((a, b) => a.request.packet - b.request.packet)) {
    const outcome = outcomeOf(asked, lifeMs);
    if (outcome === null) continue;
    if (!isAttempt(outcome)) {
      current = null;
      continue;
    }
    const previous: Attempt | undefined = current?.attempts.at(-1);
    if (current === null || previous === undefined || isNewSeries(previous, outcome)) {
      current = { attempts: [outcome], overlapping: 0 };
      series.push(current);
    } else if (outcome.request.packet >= previous.over.packet) {
      current.attempts.push(outcome);
    } else {
      // Of two at the same time, the one that is over first leaves room for the longer series.
      current.overlapping++;
      if (outcome.over.packet < previous.over.packet) current.attempts.splice(-1, 1, outcome);
    }
  }
  return series;
}

function isNewSeries(previous: Attempt, next: Attempt): boolean {
  return millisecondsBetween(previous.over, next.request) > MAX_PAUSE_MS;
}

/** null where the capture can't show what became of it. */
function outcomeOf({ connection, request }: Asked, lifeMs: number): Outcome | null {
  const { ending, openedAt, refusal, hasResponse } = connection;
  const response = hasResponse ? openedAt : null;
  if (ending === null) {
    const hasLasted = response !== null && elapsedMs(response, connection.last) > lifeMs;
    return hasLasted ? 'lasted' : null;
  }
  // Bytes are missing, and a 101 may be among them.
  if (response === null && connection.hasGaps) return null;
  const over = refusal ?? ending.mark;
  const lived = elapsedMs(response ?? request, over);
  if (lived > lifeMs) return 'lasted';
  if (isInOrder(ending)) return 'left in order';
  return { connection, request, over, ending, lifeMs: lived };
}

/** The client was done with it. */
function isInOrder({ by, how, closeCode }: EndingTrace): boolean {
  if (by !== 'client' || how !== 'close') return false;
  return closeCode === null || closeCode < FIRST_COMPLAINT || closeCode > LAST_COMPLAINT;
}
