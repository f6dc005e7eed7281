/** idle-timeout: nobody sent a byte for as long as a known limit of proxies and load balancers, and then the connection was ended. */
import { isClientProxy } from '../judgement/proxy-headers.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import type {
  CloseFrame,
  ConnectionRecord,
  Role,
  TcpSideFacts,
  WebSocketSideFacts,
} from '../connection/record.ts';
import { namesIdleness, namesTimeout } from '../judgement/close-reasons.ts';
import { heartbeatTrouble } from '../judgement/application.ts';
import { fill } from '../judgement/fill.ts';
import { limitOf, type LimitMatch } from '../judgement/known-limits.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { afterOpening, describeClose, quoted } from '../judgement/wording.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';

const MESSAGES = {
  'both-directions':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, when nothing had come from either side for {silence} (since packet {lastPacket}). That matches {limits}.',
  'proxy-ended':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, when nothing had come from either side for {silence} (since packet {lastPacket}). The {by} is a proxy, as its request says. That matches {limits}.',
  'client-ended':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, when nothing had come from either side for {silence} (since packet {lastPacket}). That is as long as many limits of idle time.',
  'close-in-order':
    'The {by} sent {close} {when} (packet {packet}), when nothing had come from either side for {silence} (since packet {lastPacket}): by its own words a limit of idle time.',
} as const;

const OPTIONS = {
  toleranceMs: {
    default: 500,
    unit: 'ms',
    description:
      'a silence that differs from a known limit by at most this, or by at most 1 %, counts as that limit',
  },
} as const;

/** A Close that names idleness counts after a silence of this length, whatever the limit is. */
const MIN_NAMED_MS = 1000;

interface Silence {
  readonly since: PacketMark;
  readonly ms: number;
}

export const idleTimeout: Rule<typeof OPTIONS> = {
  id: 'idle-timeout',
  title: 'The connection was ended after a silence as long as a known idle timeout',
  severity: 'warning',
  section: 'Liveness',
  place: 1,
  explainsEnd: 6,
  aboutEnd: 'time-limit',
  silentKind: 'both-directions',
  spec: 'RFC 6455 §7.1.5; documented defaults of proxies and load balancers',
  options: OPTIONS,
  messages: MESSAGES,
  requires: [
    'web-socket',
    'frame-bytes',
    'both-directions',
    'times',
    'frames-of-ending-side',
    'frames-of-both-sides',
    'first-end',
    'every-packet',
  ],
  check(record, context, { toleranceMs }) {
    if (record.openedAt === null) return null;
    const close = closeOf(record);
    return close === null
      ? bareEnd(record, context, toleranceMs)
      : closeInOrder(close, record, context, toleranceMs);
  },
};

/** The first Close, if it came before the end; else nobody closed in order. */
function closeOf({ closeFirstBy, clientSide, serverSide, firstEnd }: ConnectionRecord): CloseFrame | null {
  const close = (closeFirstBy === 'client' ? clientSide : serverSide).closeFrame;
  if (closeFirstBy === null || close === null) return null;
  return firstEnd === null || close.mark.packet <= firstEnd.mark.packet ? close : null;
}

function bareEnd(record: ConnectionRecord, context: RuleContext, toleranceMs: number): Finding | null {
  const { firstEnd, tcp } = record;
  if (firstEnd === null) return null;
  const { by, how, mark } = firstEnd;
  if (waitsForAnswer(by, record, mark) || heartbeatTrouble(record, mark, by) !== null) return null;
  const silence = silenceBefore(mark, record, [
    record.conversation.lastFrameBeforeEnd,
    bytesBefore(mark, tcp.client),
    bytesBefore(mark, tcp.server),
  ]);
  if (silence === null) return null;
  const limit = limitOf(silence.ms, toleranceMs, record);
  if (limit === null) return null;

  const isProxy = by === 'client' && isClientProxy(record);
  const kind = by === 'server' ? 'both-directions' : isProxy ? 'proxy-ended' : 'client-ended';
  return {
    kind,
    severity: kind === 'client-ended' ? 'info' : 'warning',
    message: fill(MESSAGES[kind], {
      by,
      how: how.toUpperCase(),
      when: afterOpening(record, mark, context),
      packet: mark.packet,
      silence: formatDuration(silence.ms),
      lastPacket: silence.since.packet,
      limits:
        limit.header === null ? limit.text : `${limit.text}, and the header ${quoted(limit.header)} names it`,
    }),
    advice: kind === 'client-ended' ? CLIENT_ADVICE : adviceFor(limit),
    packets: [silence.since.packet, mark.packet],
    at: mark,
    evidence: {
      by,
      how,
      silenceMs: silence.ms,
      limitMs: limit.ms,
      header: kind === 'client-ended' ? null : limit.header,
    },
  };
}

const CLIENT_ADVICE =
  'The client itself ended the connection: look for a limit of its own (a read timeout, a timer of the application), or for ' +
  'something between it and the place of this capture that ends idle connections.';

function adviceFor({ header }: LimitMatch): string {
  const next =
    'Raise the shortest idle timeout on the way, or send pings more often than that: those of either side count.';
  return header === null
    ? `These are candidates, known by their time alone: look at the idle timeouts of every proxy, load balancer and server on the way. ${next}`
    : next;
}

/** A Close that says itself that it is about idleness; one that only says "timeout" must match a limit as well. */
function closeInOrder(
  close: CloseFrame,
  record: ConnectionRecord,
  context: RuleContext,
  toleranceMs: number,
): Finding | null {
  const { reason, mark, code } = close;
  const isIdle = namesIdleness(reason);
  if (!isIdle && !namesTimeout(reason)) return null;
  const silence = silenceBefore(mark, record, [record.conversation.lastFrameBeforeClose]);
  if (silence === null) return null;
  const limit = limitOf(silence.ms, toleranceMs, record);
  if (isIdle ? silence.ms < MIN_NAMED_MS : limit === null) return null;
  const by = record.closeFirstBy ?? 'server';
  return {
    kind: 'close-in-order',
    severity: 'info',
    message: fill(MESSAGES['close-in-order'], {
      by,
      close: describeClose(close),
      when: afterOpening(record, mark, context),
      packet: mark.packet,
      silence: formatDuration(silence.ms),
      lastPacket: silence.since.packet,
    }),
    advice: `Look at the idle timeout of the ${by}, or send pings more often than that.`,
    packets: [silence.since.packet, mark.packet],
    at: mark,
    evidence: {
      by,
      how: 'close',
      silenceMs: silence.ms,
      limitMs: limit?.ms ?? null,
      header: null,
      code,
      reason,
    },
  };
}

/** null where the silence may have begun before the capture. */
function silenceBefore(
  end: PacketMark,
  { openedAt }: ConnectionRecord,
  signs: readonly (PacketMark | null)[],
): Silence | null {
  if (openedAt === null) return null;
  const since = signs.reduce<PacketMark>(
    (last, sign) => (sign !== null && millisecondsBetween(last, sign) > 0 ? sign : last),
    openedAt,
  );
  return { since, ms: millisecondsBetween(since, end) };
}

/** Bytes that make no whole frame count as well. Those that came after the end say nothing about the silence before it. */
function bytesBefore({ packet }: PacketMark, { lastByte }: TcpSideFacts): PacketMark | null {
  return lastByte !== null && lastByte.packet <= packet ? lastByte : null;
}

/** Who ended the connection had sent a ping that was not answered: then it has given the other side up. */
function waitsForAnswer(by: Role, { clientSide, serverSide }: ConnectionRecord, end: PacketMark): boolean {
  const { pings }: WebSocketSideFacts = by === 'client' ? clientSide : serverSide;
  return pings.unanswered !== null && pings.unanswered.first.packet < end.packet;
}
