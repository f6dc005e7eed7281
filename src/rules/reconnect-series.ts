/**
 * Upgrades that one client asks of one server for one host and path, one after the other, none of which lasts: what a
 * client that reconnects without end leaves in a capture.
 */
import { upgradeResponse, type ConnectionRecord } from '../connection/record.ts';
import { headerValue } from '../http/head.ts';
import type { SeenRequest } from '../http/upgrade-exchange.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { elapsedMs, millisecondsBetween } from '../timestamp.ts';
import { groupBy } from './capture-findings.ts';
import type { JudgedConnection } from './capture-rule.ts';
import { endingOf, type Ending } from './ending.ts';
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
  readonly connection: JudgedConnection;
  readonly request: SeenRequest;
  /** The first Close, FIN or RST; the response that refuses the upgrade. */
  readonly over: PacketMark;
  readonly ending: Ending;
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
  readonly connection: JudgedConnection;
  readonly request: SeenRequest;
}

export function reconnectSeries(
  connections: readonly JudgedConnection[],
  { connections: least, lifeMs }: OptionValues<typeof RECONNECT_OPTIONS>,
): ReconnectSeries[] {
  const asked = connections.flatMap((connection): Asked[] => {
    const request = connection.record.upgrade?.request ?? null;
    // Without the whole head it is not certain what it asked for.
    return request === null || request.head.isCut ? [] : [{ connection, request }];
  });
  return [...groupBy(asked, keyOf).values()]
    .flatMap((group) => seriesOf(group, lifeMs))
    .filter(({ attempts }) => attempts.length >= Math.max(2, least));
}

function keyOf({ connection: { record }, request: { head } }: Asked): string {
  const { client, server } = record;
  const host = headerValue(head, 'host')?.toLowerCase() ?? null;
  return JSON.stringify([client.address, server.address, server.port, host, pathOf(head.target)]);
}

export function pathOf(target: string): string {
  return target.split('?', 1)[0]!;
}

function seriesOf(group: readonly Asked[], lifeMs: number): ReconnectSeries[] {
  const series: { attempts: Attempt[]; overlapping: number }[] = [];
  let current: (typeof series)[number] | null = null;
  for (const asked of group.toSorted((a, b) => a.request.packet - b.request.packet)) {
    const outcome = outcomeOf(asked, lifeMs);
    if (outcome === null) continue;
    if (typeof outcome === 'string') {
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
  const { record } = connection;
  const response = upgradeResponse(record);
  const ending = endingOf(record);
  if (ending === null) {
    const hasLasted = response !== null && elapsedMs(response, record.last) > lifeMs;
    return hasLasted ? 'lasted' : null;
  }
  if (response === null && mayBeAnswered(record)) return null;
  const over = refusalOf(record) ?? ending.mark;
  const lived = elapsedMs(response ?? request, over);
  if (lived > lifeMs) return 'lasted';
  if (isInOrder(ending)) return 'left in order';
  return { connection, request, over, ending, lifeMs: lived };
}

/** Bytes are missing, and a 101 may be among them. */
function mayBeAnswered({ clientSide, serverSide }: ConnectionRecord): boolean {
  return clientSide.gapBytes + serverSide.gapBytes > 0;
}

function refusalOf({ upgrade }: ConnectionRecord): PacketMark | null {
  const response = upgrade?.response ?? null;
  return response === null || response.head.status === 101 ? null : response;
}

/** The client was done with it. */
function isInOrder({ by, close }: Ending): boolean {
  if (by !== 'client' || close === null) return false;
  return close.code === null || close.code < FIRST_COMPLAINT || close.code > LAST_COMPLAINT;
}
