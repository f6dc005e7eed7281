/** fixed-lifetime: a server ends its connections at the same age, although data flows. */
import { formatDuration } from '../basics/format-duration.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import {
  bounded,
  describeEndpoint,
  durationRange,
  firstPackets,
  groupBy,
  MORE,
  rangeOf,
  tally,
} from '../judgement/capture-findings.ts';
import type { CaptureFinding, CaptureRule } from '../judgement/capture-rule.ts';
import type { ConnectionTrace, ConnectionTraces } from '../judgement/connection-trace.ts';
import { fill } from '../judgement/fill.ts';
import type { OptionValues } from '../judgement/rule.ts';

const OPTIONS = {
  connections: {
    default: 3,
    unit: 'count',
    description: 'this many connections to one server with lives of the same length show a limit',
  },
  tolerancePercent: {
    default: 1,
    unit: 'percent',
    description: 'the longest of these lives exceeds the shortest by at most this',
  },
  minimumLifeMs: {
    default: 1000,
    unit: 'ms',
    description: 'a shorter life than this is left to other rules',
  },
} as const;

const MESSAGES = {
  'same-age':
    'The server {server} ended {count} connections at the same age, {life} after their 101, although data flowed: the last frame came at most {silence} before. It ended {ends}{others}.',
  more: MORE,
} as const;

/** Ends closer together than this are one event, which says nothing about age (see mass-disconnect). */
const ONE_EVENT_MS = 1000;

/**
 * Of the connections that the server ended while data flowed, at least this share must have ended at that
 * age: fewer may be a coincidence.
 */
const MIN_SHARE = 0.5;

interface Life {
  readonly connection: ConnectionTrace;
  readonly lifeMs: number;
  /** From the last data frame to the end. */
  readonly silenceMs: number;
  readonly end: PacketMark;
  /** "with FIN", "with Close 1000" */
  readonly how: string;
}

export const fixedLifetime: CaptureRule<typeof OPTIONS> = {
  id: 'fixed-lifetime',
  title: 'Connections to one server all end at the same age, although data flows',
  severity: 'warning',
  section: 'Across connections',
  place: 2,
  spec: 'experience',
  options: OPTIONS,
  messages: MESSAGES,
  checkCapture(connections, { hasTimes }, options) {
    if (!hasTimes) return [];
    const lives = livesOf(connections, options.minimumLifeMs);
    return bounded(
      [...groupBy(lives, ({ connection }) => describeEndpoint(connection.server)).values()].flatMap(
        (group) => findingOf(group, options) ?? [],
      ),
    );
  },
};

function* livesOf(connections: ConnectionTraces, minimumMs: number): Generator<Life, void, undefined> {
  for (const connection of connections) {
    const life = lifeOf(connection, minimumMs);
    if (life !== null) yield life;
  }
}

/** A life that the server ended while data flowed; null for all others, and where the capture can't show it. */
function lifeOf(connection: ConnectionTrace, minimumMs: number): Life | null {
  const { ending, hasResponse, openedAt } = connection;
  if (!hasResponse || openedAt === null || ending?.by !== 'server') return null;
  const { mark, how, closeCode } = ending;
  const lifeMs = millisecondsBetween(openedAt, mark);
  // Where only one direction was silent, either age or silence may have ended it, and both rules speak.
  if (lifeMs < minimumMs || connection.wasIdle) return null;
  const silenceMs = connection.lastData === null ? Infinity : millisecondsBetween(connection.lastData, mark);
  if (silenceMs > lifeMs / 2) return null;
  const end = how === 'close' ? `Close ${closeCode ?? 'without a code'}` : how.toUpperCase();
  return { connection, lifeMs, silenceMs, end: mark, how: `with ${end}` };
}

function findingOf(
  group: readonly Life[],
  { connections: least, tolerancePercent }: OptionValues<typeof OPTIONS>,
): CaptureFinding | null {
  const same = largestCluster(group, 1 + tolerancePercent / 100).toSorted(
    (a, b) => a.end.packet - b.end.packet,
  );
  if (eventsOf(same) < Math.max(2, least) || same.length < group.length * MIN_SHARE) return null;
  const first = same[0]!;
  const { server } = first.connection;
  const { min, max } = rangeOf(same.map(({ lifeMs }) => lifeMs));
  const longestSilenceMs = rangeOf(same.map(({ silenceMs }) => silenceMs)).max;
  const others = group.length - same.length;
  return {
    kind: 'same-age',
    severity: 'warning',
    message: fill(MESSAGES['same-age'], {
      server: describeEndpoint(server),
      count: same.length,
      life: durationRange(min, max),
      silence: formatDuration(longestSilenceMs),
      ends: tally(same.map(({ how }) => how)),
      others: others === 0 ? '' : `, and ${others} more at another age`,
    }),
    advice:
      'That is a limit on age, which neither data nor pings put off: look for a maximum duration of connections at ' +
      'the server, or at a proxy or load balancer before it, and for a session or token that runs out.',
    packets: firstPackets(same.map(({ end }) => end.packet)),
    at: first.end,
    connections: same.map(({ connection }) => connection.id).sort((a, b) => a - b),
    evidence: {
      serverAddress: server.address,
      serverPort: server.port,
      connections: same.length,
      othersEndedByServer: others,
      shortestLifeMs: min,
      longestLifeMs: max,
      longestSilenceMs,
    },
  };
}

/** The largest group of lives in which the longest is at most `ratio` times the shortest. */
function largestCluster(lives: readonly Life[], ratio: number): Life[] {
  const sorted = lives.toSorted((a, b) => a.lifeMs - b.lifeMs);
  let best = { from: 0, to: 0 };
  for (let from = 0, to = 0; from < sorted.length; from++) {
    while (to < sorted.length && sorted[to]!.lifeMs <= sorted[from]!.lifeMs * ratio) to++;
    if (to - from > best.to - best.from) best = { from, to };
  }
  return sorted.slice(best.from, best.to);
}

/** At how many different moments these lives ended. */
function eventsOf(lives: readonly Life[]): number {
  let events = 0;
  let previous: PacketMark | null = null;
  for (const { end } of lives) {
    if (previous !== null && Math.abs(millisecondsBetween(previous, end)) < ONE_EVENT_MS) continue;
    events++;
    previous = end;
  }
  return events;
}
