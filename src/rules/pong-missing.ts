/** pong-missing: a ping that got no pong, or got it too late to be of use. */
import type { ConnectionRecord, Role, WebSocketSideFacts } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import type { Finding, OptionValues, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { eachSide } from '../judgement/sides.ts';
import { namesPingTimeout } from '../judgement/close-reasons.ts';
import { watchedUntil } from '../judgement/watched-until.ts';
import { afterOpening, since } from '../judgement/wording.ts';

const MESSAGES = {
  unanswered:
    "The {other} did not answer the {side}'s ping sent {when} (packet {ping}){more}: {waited} later, {until}, no pong had come.",
  'after-end':
    "The {other} did not answer the {side}'s ping sent {when} (packet {ping}){more}: {waited} later, {until}, no pong had come; the pong in packet {latePong} came {late} after that.",
  'other-payload':
    "The {other} did not answer the {side}'s ping sent {when} (packet {ping}){more}: {waited} later, {until}, no pong with its payload had come; the one in packet {otherPong} carries another.",
  late: "The {other} took {waited} to answer the {side}'s ping sent {when} (packets {ping} and {pong}).",
} as const;

const OPTIONS = {
  waitMs: {
    default: 10_000,
    unit: 'ms',
    description: 'a ping that waits longer than this for its pong counts as missed',
  },
  lastWaitMs: {
    default: 2000,
    unit: 'ms',
    description:
      'a ping whose sender began the closing sooner than this does not count as missed, unless its Close names a ping timeout',
  },
} as const;

/** When the wait for a pong is over, whether or not a pong came. */
interface WaitEnd {
  readonly mark: PacketMark;
  /** A clause. */
  readonly text: string;
  /** Who began to close; null where nobody did. */
  readonly by: Role | null;
  /** The Close says that a ping, or a heartbeat, was not answered in time. */
  readonly namesPingTimeout: boolean;
}

export const pongMissing: Rule<typeof OPTIONS> = {
  id: 'pong-missing',
  title: 'A ping was not answered in time',
  severity: 'warning',
  section: 'Liveness',
  place: 2,
  spec: 'RFC 6455 §5.5.2, §5.5.3',
  missesAnswer: true,
  follows: ['half-open'],
  options: OPTIONS,
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes', 'both-directions', 'frames-of-both-sides', 'first-end', 'times'],
  check: (record, context, options) =>
    record.openedAt === null || !hasPings(record)
      ? null
      : eachSide(
          record,
          (side, other) =>
            unanswered(side, other, record, context, options) ?? late(side, other, record, context, options),
        ),
};

/** Without pings, as on most connections, there is nothing to look at. */
function hasPings({ clientSide, serverSide }: ConnectionRecord): boolean {
  return clientSide.pings.sent + serverSide.pings.sent > 0;
}

function unanswered(
  { role, pings }: WebSocketSideFacts,
  other: WebSocketSideFacts,
  record: ConnectionRecord,
  context: RuleContext,
  { waitMs, lastWaitMs }: OptionValues<typeof OPTIONS>,
): Finding | null {
  if (pings.unanswered === null) return null;
  const { first, last, count } = pings.unanswered;
  const end = waitEnd(record, context);
  const waitedMs = millisecondsBetween(first, end.mark);
  // Once one side has begun to close, or has ended, a ping need not be answered any more.
  if (first.packet >= end.mark.packet) return null;
  const hasGivenUp = end.by === role && (end.namesPingTimeout || waitedMs >= lastWaitMs);
  if (!hasGivenUp && waitedMs <= waitMs) return null;

  const otherPong =
    pings.otherPong !== null && pings.otherPong.packet < end.mark.packet ? pings.otherPong : null;
  const latePong = end.by === role ? pings.pongAfterEnd : null;
  const kind = otherPong !== null ? 'other-payload' : latePong !== null ? 'after-end' : 'unanswered';
  return {
    kind,
    severity: 'warning',
    message: fill(MESSAGES[kind], {
      side: role,
      other: other.role,
      when: afterOpening(record, first, context),
      ping: first.packet,
      more: count === 1 ? '' : `, nor ${count - 1} more up to packet ${last.packet}`,
      waited: since(first, end.mark),
      until: end.text,
      otherPong: otherPong?.packet ?? '',
      latePong: latePong?.packet ?? '',
      late: latePong === null ? '' : since(end.mark, latePong),
    }),
    advice:
      otherPong === null
        ? `Look at whether the ${other.role} still lived: an event loop that hangs, a device that sleeps, a network path that is gone ` +
          '(does TCP acknowledge the ping?), or a proxy that swallows control frames.'
        : `Look at the code of the ${other.role} that answers pings: a pong repeats the payload of its ping (RFC 6455 §5.5.3).`,
    packets: [
      ...new Set([
        first.packet,
        ...(otherPong === null ? [] : [otherPong.packet]),
        end.by === null ? record.last.packet : end.mark.packet,
        ...(kind === 'after-end' && latePong !== null ? [latePong.packet] : []),
      ]),
    ].toSorted((a, b) => a - b),
    at: first,
    evidence: {
      by: role,
      unanswered: count,
      pingsSent: pings.sent,
      waitedMs,
      pingPacket: first.packet,
      lastPingPacket: last.packet,
      otherPongPacket: otherPong?.packet ?? null,
      pongAfterEndPacket: latePong?.packet ?? null,
    },
  };
}

function late(
  { role, pings }: WebSocketSideFacts,
  other: WebSocketSideFacts,
  record: ConnectionRecord,
  context: RuleContext,
  { waitMs }: OptionValues<typeof OPTIONS>,
): Finding | null {
  if (pings.slowest === null) return null;
  const { ping, pong } = pings.slowest;
  const waitedMs = millisecondsBetween(ping, pong);
  if (waitedMs <= waitMs || ping.packet >= waitEnd(record, context).mark.packet) return null;
  return {
    kind: 'late',
    severity: 'warning',
    message: fill(MESSAGES.late, {
      side: role,
      other: other.role,
      when: afterOpening(record, ping, context),
      waited: since(ping, pong),
      ping: ping.packet,
      pong: pong.packet,
    }),
    advice:
      `Look at what held up the ${other.role} in that time: an event loop that hangs, a device that slept, a queue of data before the ` +
      'pong, packets lost on the way. Many keepalives give up sooner than this.',
    packets: [ping.packet, pong.packet],
    at: ping,
    evidence: {
      by: role,
      unanswered: 0,
      pingsSent: pings.sent,
      waitedMs,
      pingPacket: ping.packet,
      pongPacket: pong.packet,
    },
  };
}

/** The first Close or the end of TCP, whichever came first; where neither came, the end of watching. */
function waitEnd(record: ConnectionRecord, context: RuleContext): WaitEnd {
  const { clientSide, serverSide, firstEnd } = record;
  const ends = [clientSide, serverSide].flatMap(({ role, closeFrame }): WaitEnd[] =>
    closeFrame === null
      ? []
      : [
          {
            by: role,
            namesPingTimeout: namesPingTimeout(closeFrame.reason),
            mark: closeFrame.mark,
            text: `when the ${role} sent its Close (packet ${closeFrame.mark.packet})`,
          },
        ],
  );
  if (firstEnd !== null) {
    const { by, how, mark } = firstEnd;
    ends.push({
      by,
      namesPingTimeout: false,
      mark,
      text: `when the ${by} ended the connection with ${how.toUpperCase()} (packet ${mark.packet})`,
    });
  }
  const first = ends.toSorted((a, b) => a.mark.packet - b.mark.packet)[0];
  if (first !== undefined) return first;
  const { mark, text } = watchedUntil(record, context);
  return { mark, text: `at ${text}`, by: null, namesPingTimeout: false };
}
