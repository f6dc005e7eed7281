/** upgrade-unanswered: a complete upgrade request, and no answer as long as the client was there. */
import type { ConnectionRecord, FirstEnd } from '../connection/record.ts';
import type { SeenRequest, SeenResponse } from '../http/upgrade-exchange.ts';
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { fill, fillAny } from '../judgement/fill.ts';
import {
  isPrintable,
  shownBytes,
  unparsedAnswer,
  type UnparsedAnswer,
} from '../judgement/unparsed-answer.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { backendOf, FORWARDER_ADVICE, whatRefused } from '../judgement/refused-leg.ts';
import { isRequestUnseen } from '../judgement/request-unseen.ts';
import { watchedUntil } from '../judgement/watched-until.ts';
import { packetList, quoted, since } from '../judgement/wording.ts';

const OPTIONS = {
  silenceMs: {
    default: 5000,
    unit: 'ms',
    description:
      'a server that says nothing for this long counts as silent, even where the connection is still open; a client that leaves sooner proves nothing about the server',
  },
} as const;

const MESSAGES = {
  ended:
    'The upgrade request for {target} (packet {request}) was never answered: {bytes}, and the {by} ended the connection with {how}{later} (packet {packet}){backend}.',
  left: 'The client ended the connection with {how}{later} its upgrade request for {target} ({packets}), and had no answer by then: {bytes}.',
  late: 'The client gave up on its upgrade request for {target} (packet {request}){waited}, with {how} (packet {end}). The 101 came{after} that (packet {response}){total}: it opens nothing.',
  'bad-answer':
    'The answer to the upgrade request for {target} (packet {request}) came{after} (packet {answer}), and begins with no valid status line: {bytes}. {end}.',
  'unfinished-head':
    'The answer to the upgrade request for {target} (packet {request}) came{after} (packet {answer}) and begins with {bytes}, but the empty line that ends its head never came. {end}.',
  'left-in-head':
    'The client ended the connection with {how}{later} its upgrade request for {target} (packets {request} and {packet}), in the middle of the head of the answer: {bytes} (packet {answer}).',
  'other-protocol':
    'What came back to the upgrade request for {target} (packet {request}){after} is not HTTP: {bytes} (packet {answer}). {end}.',
  silent:
    'The upgrade request for {target} (packet {request}) was never answered: {bytes}, and nothing had happened{later}, at {until}.',
} as const;

export const upgradeUnanswered: Rule<typeof OPTIONS> = {
  id: 'upgrade-unanswered',
  title: 'The upgrade request was never answered',
  severity: 'error',
  section: 'Opening handshake',
  place: 4,
  verdict: 'unanswered',
  isVerdict: true,
  explainsEnd: 3,
  spec: 'RFC 6455 §4.1, §4.2.2',
  requires: [
    'both-directions',
    'bytes-of-server',
    'pairs',
    'packets-of-client',
    'packets-after-request',
    'first-end',
    'first-end-itself',
  ],
  options: OPTIONS,
  messages: MESSAGES,
  check(record, context, { silenceMs }) {
    const { upgrade, firstEnd } = record;
    const request = upgrade?.request ?? null;
    if (upgrade === null || request === null || upgrade.response !== null) return null;
    const { lateResponse } = upgrade;
    const unparsed = unparsedAnswer(record);
    // tls-not-spoken and h2-instead-of-http1 tell these.
    if (unparsed?.kind === 'tls' || unparsed?.kind === 'http2') return null;
    if (unparsed !== null) return unreadable(record, request, unparsed, context, silenceMs);
    if (firstEnd === null) return silent(record, request, context, silenceMs);
    if (lateResponse !== null) return late(request, lateResponse, firstEnd, context, silenceMs);
    // closed-before-request tells it.
    if (isRequestUnseen(record)) return null;
    return firstEnd.by === 'client'
      ? left(record, request, firstEnd, context, silenceMs)
      : ended(record, request, firstEnd, context);
  },
};

const NOT_HTTP = 'upgrade unanswered: bytes that are not HTTP came back';

/** Something came that is no head, or no whole one. */
function unreadable(
  record: ConnectionRecord,
  request: SeenRequest,
  unparsed: UnparsedAnswer,
  context: RuleContext,
  silenceMs: number,
): Finding | null {
  const { hasTimes } = context;
  const { firstEnd, server } = record;
  const mark = firstEnd?.mark ?? watchedUntil(record, context).mark;
  const waitedMs = millisecondsBetween(request, mark);
  const isUnfinished = unparsed.kind === 'unfinished-head';
  const isLong = hasTimes && millisecondsBetween(unparsed, mark) >= silenceMs;
  // As long as the rest of a head may be on its way, nothing is wrong with it.
  if (isUnfinished && firstEnd === null && !isLong) return null;
  const hasLeft = isUnfinished && firstEnd?.by === 'client' && !isLong;
  const kind = hasLeft ? 'left-in-head' : KINDS[unparsed.kind];
  const answeredMs = millisecondsBetween(request, unparsed);
  const place = `port ${server.port}`;
  return {
    kind,
    ...(hasLeft ? {} : { headline: HEADLINES[unparsed.kind] }),
    severity: hasLeft ? 'info' : 'error',
    message: fillAny(MESSAGES[kind], {
      target: quoted(request.head.target),
      request: request.packet,
      answer: unparsed.packet,
      packet: mark.packet,
      bytes: isPrintable(unparsed.bytes)
        ? `"${quoted(shownBytes(unparsed.bytes))}"`
        : `the bytes ${shownBytes(unparsed.bytes)}`,
      how: firstEnd?.how.toUpperCase() ?? '',
      later: after(waitedMs, hasTimes),
      after: hasTimes && answeredMs >= 0 ? ` ${formatDuration(answeredMs)} later` : '',
      end: howItEnded(record, unparsed, mark, hasTimes),
    }),
    advice: {
      'bad-answer':
        'Look at the code that writes this answer: a status line is "HTTP/1.1 101 Switching Protocols". Clients refuse any other.',
      'unfinished-head':
        'Look at the code that writes this head: it must end with an empty line, \\r\\n\\r\\n. A client waits for it until it gives up.',
      'left-in-head': adviceOnClientEnd(false, hasTimes, waitedMs),
      'other-protocol': `Another protocol is spoken on ${place}: compare the port with the one on which the WebSocket server listens.`,
    }[kind],
    packets: [...new Set([request.packet, unparsed.packet, mark.packet])].toSorted((a, b) => a - b),
    at: markOf(unparsed),
    evidence: {
      waitedMs: hasTimes ? waitedMs : null,
      endedBy: firstEnd?.by ?? null,
      how: firstEnd?.how ?? null,
      bytes: shownBytes(unparsed.bytes),
    },
  };
}

const KINDS = {
  'unfinished-head': 'unfinished-head',
  'status-line': 'bad-answer',
  text: 'other-protocol',
  binary: 'other-protocol',
  tls: 'other-protocol',
  http2: 'other-protocol',
} as const satisfies Record<UnparsedAnswer['kind'], keyof typeof MESSAGES>;

const HEADLINES: Readonly<Record<UnparsedAnswer['kind'], string>> = {
  'unfinished-head': 'upgrade unanswered: the head of the answer never ended',
  'status-line': 'upgrade unanswered: what came back has no valid status line',
  text: NOT_HTTP,
  binary: NOT_HTTP,
  tls: NOT_HTTP,
  http2: NOT_HTTP,
};

function howItEnded(
  { firstEnd }: ConnectionRecord,
  unparsed: UnparsedAnswer,
  mark: PacketMark,
  hasTimes: boolean,
): string {
  const later = hasTimes ? ` ${since(unparsed, mark)} later` : '';
  return firstEnd === null
    ? `Nothing more had happened${later} (packet ${mark.packet})`
    : `The ${firstEnd.by} ended the connection with ${firstEnd.how.toUpperCase()}${later} (packet ${mark.packet})`;
}

/** The server hung up. */
function ended(
  record: ConnectionRecord,
  request: SeenRequest,
  { by, how, mark }: FirstEnd,
  { hasTimes, neighbours }: RuleContext,
): Finding {
  const waitedMs = millisecondsBetween(request, mark);
  const refused = hasTimes ? neighbours.refusedLeg(record, mark) : null;
  return {
    kind: 'ended',
    severity: 'error',
    ...(refused === null
      ? {}
      : { headline: `upgrade unanswered: ${backendOf(refused)!} had refused a connection a moment before` }),
    message: fill(MESSAGES.ended, {
      target: quoted(request.head.target),
      request: request.packet,
      bytes: whatCame(record),
      by,
      how: how.toUpperCase(),
      later: hasTimes ? ` ${later(waitedMs)}` : '',
      packet: mark.packet,
      backend: whatRefused(refused),
    }),
    advice: adviceOnServerEnd(record, refused),
    packets: [
      ...new Set([request.packet, ...(refused === null ? [] : [refused.refusal.packet]), mark.packet]),
    ],
    at: mark,
    evidence: {
      waitedMs: hasTimes ? waitedMs : null,
      endedBy: by,
      how,
      refusedBackend: backendOf(refused),
    },
  };
}

function adviceOnServerEnd(
  record: ConnectionRecord,
  refused: ReturnType<RuleContext['neighbours']['refusedLeg']>,
) {
  if (refused !== null) return FORWARDER_ADVICE;
  if (record.proxyHeader !== null) return PROXY_HEADER_ADVICE;
  return "Look at the server's log at that time: it took the request and hung up, as a handler that throws does, or a port that speaks something else.";
}

const PROXY_HEADER_ADVICE =
  'First suspicion: a PROXY protocol header stands in front of the request, and the server does not expect one. Switch it on at the server (proxy_protocol), or off at the balancer.';

/** The client left, and no answer came. */
function left(
  record: ConnectionRecord,
  request: SeenRequest,
  { how, mark }: FirstEnd,
  { hasTimes }: RuleContext,
  silenceMs: number,
): Finding {
  const waitedMs = millisecondsBetween(request, mark);
  const hasWaited = hasTimes && waitedMs >= silenceMs;
  return {
    kind: 'left',
    severity: hasWaited ? 'error' : 'info',
    message: fill(MESSAGES.left, {
      target: quoted(request.head.target),
      how: how.toUpperCase(),
      later: after(waitedMs, hasTimes),
      packets: packetList([request.packet, mark.packet]),
      bytes: whatCame(record),
    }),
    advice:
      hasWaited && record.proxyHeader !== null
        ? PROXY_HEADER_ADVICE
        : adviceOnClientEnd(hasWaited, hasTimes, waitedMs),
    packets: [request.packet, mark.packet],
    at: mark,
    evidence: { waitedMs: hasTimes ? waitedMs : null, endedBy: 'client', how, lateMs: null },
  };
}

function adviceOnClientEnd(hasWaited: boolean, hasTimes: boolean, waitedMs: number): string {
  if (hasWaited) {
    return 'Look at whether the server (or the proxy) got as far as its handler: a worker that hangs, a backend that does not accept.';
  }
  const waited = hasTimes ? `The client waited ${formatDuration(Math.max(0, waitedMs))} only, which` : 'This';
  return `${waited} says nothing against the server: a page that was left or reloaded, a program that ended, a short timeout of the client.`;
}

/** The 101 came when the client was gone. */
function late(
  request: SeenRequest,
  response: SeenResponse,
  { how, mark }: FirstEnd,
  { hasTimes }: RuleContext,
  silenceMs: number,
): Finding {
  const waitedMs = millisecondsBetween(request, mark);
  const lateMs = millisecondsBetween(mark, response);
  const hasWaited = hasTimes && waitedMs >= silenceMs;
  return {
    kind: 'late',
    headline: 'upgrade unanswered: the 101 came after the client had given up',
    severity: hasWaited ? 'error' : 'info',
    message: fill(MESSAGES.late, {
      target: quoted(request.head.target),
      request: request.packet,
      waited: hasTimes ? ` ${formatDuration(waitedMs)} after it` : '',
      how: how.toUpperCase(),
      end: mark.packet,
      after: hasTimes ? ` ${formatDuration(lateMs)} after` : ' after',
      response: response.packet,
      total: hasTimes ? `, ${since(request, response)} after the request` : '',
    }),
    advice: hasWaited
      ? 'Look at what kept the server from answering in that time (a process that was stopped, a full worker pool, a slow backend), and at the connect timeout of the client.'
      : adviceOnClientEnd(false, hasTimes, waitedMs),
    packets: [...new Set([request.packet, mark.packet, response.packet])],
    at: mark,
    evidence: {
      waitedMs: hasTimes ? waitedMs : null,
      endedBy: 'client',
      how,
      lateMs: hasTimes ? lateMs : null,
    },
  };
}

/** Nobody has ended it. */
function silent(
  record: ConnectionRecord,
  request: SeenRequest,
  context: RuleContext,
  silenceMs: number,
): Finding | null {
  const { hasTimes } = context;
  const watched = watchedUntil(record, context);
  const waitedMs = millisecondsBetween(request, watched.mark);
  if (waitedMs < silenceMs) return null;
  const { last } = record;
  return {
    kind: 'silent',
    severity: 'error',
    message: fill(MESSAGES.silent, {
      target: quoted(request.head.target),
      request: request.packet,
      bytes: whatCame(record),
      later: hasTimes ? ` ${formatDuration(waitedMs)} later` : '',
      until: watched.text,
    }),
    advice: record.proxyHeader === null ? adviceOnClientEnd(true, hasTimes, waitedMs) : PROXY_HEADER_ADVICE,
    packets: [...new Set([request.packet, last.packet])],
    at: markOf(last),
    evidence: { waitedMs: hasTimes ? waitedMs : null, endedBy: null, how: null },
  };
}

function whatCame({ tcp }: ConnectionRecord): string {
  return tcp.server.streamBytes === 0 ? 'not one byte came back' : 'what came back holds no answer to it';
}

function later(ms: number): string {
  return ms < 0 ? `${formatDuration(-ms)} earlier` : `${formatDuration(ms)} later`;
}

function after(ms: number, hasTimes: boolean): string {
  return hasTimes && ms >= 0 ? ` ${formatDuration(ms)} after` : ' after';
}
