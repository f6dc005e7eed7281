/** idle-timeout: nobody sent a byte for as long as a known limit of proxies and load balancers, and then the connection was ended. */
import { isClientProxy } from '../judgement/proxy-headers.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import type { CloseFrame, ConnectionRecord } from '../connection/record.ts';
import { namesIdleness, namesTimeout } from '../judgement/close-reasons.ts';
import { fill } from '../judgement/fill.ts';
import { sealedEnd } from '../judgement/sealed-ending.ts';
import { sealedHeartbeat } from '../judgement/sealed-heartbeat.ts';
import { sealedTls } from '../judgement/sealed.ts';
import { anyLimitOf, limitOf, type LimitMatch } from '../judgement/known-limits.ts';
import {
  bounded,
  describeEndpoint,
  durationRange,
  firstPackets,
  MORE,
  oncePerWebSocket,
  tally,
} from '../judgement/capture-findings.ts';
import type { CaptureFinding, TwofoldRule } from '../judgement/capture-rule.ts';
import type { Finding } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { sameSilences, type SameSilence } from '../judgement/same-silence.ts';
import { silenceBefore, silenceBeforeEnd } from '../judgement/silence.ts';
import { afterOpening, describeClose, quoted } from '../judgement/wording.ts';
import { markOf } from '../tcp/packet-mark.ts';
import type { TlsFacts } from '../tls/facts.ts';
import { abnormalClosure } from './abnormal-closure.ts';

const MESSAGES = {
  'both-directions':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, when nothing had come from either side for {silence} (since packet {lastPacket}). That matches {limits}.',
  'proxy-ended':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, when nothing had come from either side for {silence} (since packet {lastPacket}). The {by} is a proxy, as its request says. That matches {limits}.',
  'client-ended':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, when nothing had come from either side for {silence} (since packet {lastPacket}). That is as long as many limits of idle time.',
  'same-silence':
    'The {by} ended {count} connections to {server} without a Close, each when nothing had come from either side for {silence} (the first in packet {packet}): {ends}{age}. {limits}.',
  sealed:
    'TLS hides what is inside. The server ended the connection with {how} {when} (packet {packet}), when no record had come from either side for {silence} (since packet {lastPacket}). That matches {limits}.',
  'sealed-words':
    'TLS hides what is inside. {when}, when no record had come from either side for {silence} (since packet {lastPacket}), the server sent a small record (packet {words}), which may hold a Close, and ended the connection with {how} (packet {packet}). That matches {limits}.',
  'close-in-order':
    'The {by} sent {close} {when} (packet {packet}), when nothing had come from either side for {silence} (since packet {lastPacket}): by its own words a limit of idle time.',
  more: MORE,
} as const;

const OPTIONS = {
  toleranceMs: {
    default: 500,
    unit: 'ms',
    description:
      'a silence that differs from a known limit by at most this, or by at most 1 %, counts as that limit',
  },
  connections: {
    default: 3,
    unit: 'count',
    description:
      'this many connections to one server that the same side ended after the same silence show a limit, whatever its length is',
  },
} as const;

/** A Close that names idleness counts after a silence of this length, whatever the limit is. */
const MIN_NAMED_MS = 1000;

export const idleTimeout: TwofoldRule<typeof OPTIONS> = {
  id: 'idle-timeout',
  title: 'The connection was ended after a silence as long as a known idle timeout',
  severity: 'warning',
  section: 'Liveness',
  place: 1,
  explainsEnd: 6,
  aboutEnd: 'time-limit',
  silentKinds: ['both-directions', 'sealed', 'sealed-words'],
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
    const tls = sealedTls(record);
    if (tls !== null) return sealed(record, tls, context, toleranceMs);
    if (record.openedAt === null) return null;
    const close = closeOf(record);
    return close === null
      ? bareEnd(record, context, toleranceMs)
      : closeInOrder(close, record, context, toleranceMs);
  },
  checkCapture(connections, { hasTimes, otherLeg }, { connections: least, toleranceMs }) {
    if (!hasTimes) return [];
    const findings = sameSilences(connections, least, isBare).map((same) => findingOfMany(same, toleranceMs));
    return bounded(oncePerWebSocket(findings, otherLeg));
  },
};

/** Of single connections nothing was said, because their silence is no common limit. */
function findingOfMany(
  { by, server, connections, shortestMs, longestMs, isSameAge, isProxy }: SameSilence,
  toleranceMs: number,
): CaptureFinding {
  const isPlainClient = by === 'client' && !isProxy;
  const known = isPlainClient ? null : limitOfMany(longestMs, toleranceMs, connections);
  const ends = connections.map(({ ending }) => ending!);
  const first = ends[0]!;
  return {
    kind: 'same-silence',
    severity: isPlainClient ? 'info' : 'warning',
    message: fill(MESSAGES['same-silence'], {
      by,
      count: connections.length,
      server: describeEndpoint(server),
      silence: durationRange(shortestMs, longestMs),
      packet: first.mark.packet,
      ends: tally(ends.map(({ how }) => `with ${how.toUpperCase()}`)),
      age: isSameAge ? ', and all at the same age' : '',
      limits:
        known === null
          ? `That is a limit of idle time${isSameAge ? ', or of age' : ''}`
          : `That matches ${known.text}`,
    }),
    advice: isPlainClient
      ? CLIENT_ADVICE
      : `Look for this figure in the idle timeouts of the ${by}${by === 'client' ? ', which is a proxy,' : ''} and of what stands in between. Raise the shortest one, or send pings more often than that: those of either side count.`,
    packets: firstPackets(ends.map(({ mark }) => mark.packet)),
    at: first.mark,
    connections: connections.map(({ id }) => id).sort((a, b) => a - b),
    // A finding that is only information explains no error.
    followers: isPlainClient ? [] : connections.map(({ id }) => ({ rule: abnormalClosure.id, id })),
    evidence: {
      by,
      serverAddress: server.address,
      serverPort: server.port,
      connections: connections.length,
      shortestSilenceMs: shortestMs,
      longestSilenceMs: longestMs,
      limitMs: known?.ms ?? null,
      isSameAge,
    },
  };
}

/** Nothing but the missing Close is known of the end. */
function isBare(cause: string | null): boolean {
  return cause === null || cause === abnormalClosure.id;
}

/** One of the rarer limits; 240 s is one only where a RST came. */
function limitOfMany(
  ms: number,
  toleranceMs: number,
  connections: SameSilence['connections'],
): { readonly ms: number; readonly text: string } | null {
  const isReset = connections.every(({ ending }) => ending?.how === 'rst');
  return anyLimitOf(ms, toleranceMs, isReset);
}

/** The first Close, if it came before the end; else nobody closed in order. */
function closeOf({ closeFirstBy, clientSide, serverSide, firstEnd }: ConnectionRecord): CloseFrame | null {
  const close = (closeFirstBy === 'client' ? clientSide : serverSide).closeFrame;
  if (closeFirstBy === null || close === null) return null;
  return firstEnd === null || close.mark.packet <= firstEnd.mark.packet ? close : null;
}

function bareEnd(record: ConnectionRecord, context: RuleContext, toleranceMs: number): Finding | null {
  const { firstEnd } = record;
  const silence = silenceBeforeEnd(record);
  if (firstEnd === null || silence === null) return null;
  const { by, how, mark } = firstEnd;
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

/** From outside: between the last record and the end, or what was sent right before it. Who ended it must be the server. */
function sealed(
  record: ConnectionRecord,
  tls: TlsFacts,
  { hasTimes }: RuleContext,
  toleranceMs: number,
): Finding | null {
  const { firstEnd } = record;
  const end = sealedEnd(record);
  const lastRecord = end?.lastRecord ?? null;
  if (!hasTimes || end === null || lastRecord === null || firstEnd?.by !== 'server') return null;
  // Nothing was asked for, or nothing answered: no WebSocket can have opened.
  if (tls.completed === null || tls.look.request === null || tls.look.answer === null) return null;
  const heartbeat = sealedHeartbeat(record);
  if (heartbeat?.from === 'server' && heartbeat.unanswered !== null) return null;
  const silenceMs = millisecondsBetween(lastRecord, end.at);
  const limit = limitOf(silenceMs, toleranceMs, record);
  if (limit === null) return null;
  const { how, mark } = firstEnd;
  const kind = end.how === 'words' ? 'sealed-words' : 'sealed';
  const when = `${formatDuration(millisecondsBetween(tls.completed, end.at))} after the TLS handshake`;
  return {
    kind,
    severity: kind === 'sealed' ? 'warning' : 'info',
    message: fill(MESSAGES[kind], {
      how: how.toUpperCase(),
      when: kind === 'sealed' ? when : `${when.charAt(0).toUpperCase()}${when.slice(1)}`,
      packet: mark.packet,
      silence: formatDuration(silenceMs),
      lastPacket: lastRecord.packet,
      words: end.at.packet,
      limits: limit.text,
    }),
    advice: `${SEALED_ADVICE} ${adviceFor(limit)}`,
    packets: [...new Set([lastRecord.packet, end.at.packet, mark.packet])],
    at: markOf(end.at),
    evidence: { by: 'server', how, silenceMs, limitMs: limit.ms, header: null },
  };
}

const SEALED_ADVICE =
  'Ordinary HTTPS ends idle connections as well; whether this one is a WebSocket, its keys would tell (docs/tls.md).';

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
