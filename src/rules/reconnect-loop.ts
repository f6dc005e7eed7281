/** reconnect-loop: a client comes back again and again, and no connection lasts. */
import { formatDuration } from '../basics/format-duration.ts';
import { median } from '../basics/median.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
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
import { fill } from '../judgement/fill.ts';
import {
  RECONNECT_OPTIONS,
  reconnectSeries,
  type Attempt,
  type ReconnectSeries,
} from '../judgement/reconnect-series.ts';
import { quoted } from '../judgement/wording.ts';

const MESSAGES = {
  loop: '{client} asked {server} for a WebSocket at {url} {count} times, one after the other (packets {first} to {last}), and none lasted longer than {longest}. What ended them: {causes}. They began {interval} apart.{mild}',
  overlapping:
    '{client} asked {server} for a WebSocket at {url} {count} times, one after the other (packets {first} to {last}), and none lasted longer than {longest}. What ended them: {causes}. They began {interval} apart. {overlapping} more, just as short, were under way at the same time: several clients at that address, or a load test.{mild}',
  // What keeps it from being a fault.
  well: ' Each of them had done its work, or was given up by the client itself.',
  'mostly-well': ' But for {unwell} of them, each had done its work, or was given up by the client itself.',
  proxy:
    ' The client is a proxy, and its requests do not say for whom: they may be those of different users.',
  more: MORE,
} as const;

/** A last pause of at least this many times the first one counts as a back-off. */
const GROWTH = 1.5;

export const reconnectLoop: CaptureRule<typeof RECONNECT_OPTIONS> = {
  id: 'reconnect-loop',
  title: 'A client reconnects again and again, and no connection lasts',
  severity: 'error',
  section: 'Across connections',
  place: 1,
  spec: 'experience; RFC 6455 §7.2.3',
  options: RECONNECT_OPTIONS,
  messages: MESSAGES,
  checkCapture(connections, { hasTimes }, options) {
    if (!hasTimes) return [];
    return bounded(
      reconnectSeries(connections, options).map((series) => findingOf(series, options.connections)),
    );
  },
};

/** @param enough so many connections in a row, of which none did its work, are a loop */
function findingOf({ attempts, overlapping }: ReconnectSeries, enough: number): CaptureFinding {
  const first = attempts[0]!;
  const last = attempts.at(-1)!;
  const { clientAddress, server } = first.connection;
  const host = first.request.host ?? '';
  const path = quoted(first.request.path);
  const intervals = attempts
    .slice(1)
    .map(({ request }, index) => millisecondsBetween(attempts[index]!.request, request));
  const intervalMs = median(intervals);
  const { min, max } = rangeOf(intervals);
  const longestMs = rangeOf(attempts.map(({ lifeMs }) => lifeMs)).max;
  const causes = tally(attempts.map(causeOf));
  const unwell = attempts.filter(({ connection }) => !connection.endedWell).length;
  const isWell = unwell < enough;
  const isAnybody = first.connection.isFromProxy && first.request.user === null;
  const cause = mostFrequentCause(attempts);
  return {
    kind: overlapping > 0 ? 'overlapping' : 'loop',
    severity: isWell || isAnybody ? 'info' : 'error',
    message: fill(overlapping > 0 ? MESSAGES.overlapping : MESSAGES.loop, {
      client: clientAddress,
      server: describeEndpoint(server),
      url: `${quoted(host)}${path}`,
      count: attempts.length,
      first: first.request.packet,
      last: last.request.packet,
      longest: formatDuration(longestMs),
      causes,
      interval: describeIntervals(intervalMs, min, max),
      overlapping,
      mild: isWell ? describeWell(unwell) : isAnybody ? MESSAGES.proxy : '',
    }),
    advice: isWell
      ? 'Nothing need be wrong: short sessions, one after the other.'
      : `Look first at what ended connection ${first.connection.id}: until that is fixed the client comes back.${overlapping > 0 ? '' : ` ${adviceOnBackOff(intervals)}`}`,
    ...(cause === null ? {} : { follows: cause }),
    packets: firstPackets(attempts.map(({ request }) => request.packet)),
    at: first.request,
    connections: attempts.map(({ connection }) => connection.id).sort((a, b) => a - b),
    evidence: {
      clientAddress,
      serverAddress: server.address,
      serverPort: server.port,
      host: host === '' ? null : quoted(host),
      path,
      connections: attempts.length,
      overlapping,
      intervalMedianMs: intervalMs,
      intervalMinMs: min,
      intervalMaxMs: max,
      longestLifeMs: longestMs,
      causes,
    },
  };
}

function describeWell(unwell: number): string {
  return unwell === 0 ? MESSAGES.well : fill(MESSAGES['mostly-well'], { unwell });
}

/** The rule that explains the end of most attempts, with the first connection of which it does; null where none explains any. */
function mostFrequentCause(
  attempts: readonly Attempt[],
): { readonly rule: string; readonly id: number } | null {
  const counts = new Map<string, { count: number; readonly id: number }>();
  for (const { connection } of attempts) {
    if (connection.cause === null) continue;
    const known = counts.get(connection.cause);
    if (known === undefined) counts.set(connection.cause, { count: 1, id: connection.id });
    else known.count++;
  }
  let most: { readonly rule: string; readonly id: number } | null = null;
  let highest = 0;
  for (const [rule, { count, id }] of counts) {
    if (count <= highest) continue;
    highest = count;
    most = { rule, id };
  }
  return most;
}

/** The rule that explains the end; where no rule does, who ended the connection and how. */
function causeOf({ connection: { cause }, ending: { by, how, closeCode } }: Attempt): string {
  if (cause !== null) return `by ${cause}`;
  return `by the ${by}'s ${how === 'close' ? `Close ${closeCode ?? 'without a code'}` : how.toUpperCase()}`;
}

function describeIntervals(medianMs: number, min: number, max: number): string {
  const range = durationRange(min, max);
  const middle = formatDuration(medianMs);
  return range === middle ? middle : `${middle} (median; ${range})`;
}

function adviceOnBackOff(intervals: readonly number[]): string {
  const [first, last] = [intervals[0]!, intervals.at(-1)!];
  return intervals.length > 1 && last >= first * GROWTH
    ? `The pauses grow, from ${formatDuration(first)} to ${formatDuration(last)}, as they should.`
    : 'The pauses do not grow: a delay that doubles each time, with a random part, would spare the server.';
}
