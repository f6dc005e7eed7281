/** closed-before-request: the server hangs up after the TCP handshake, before the client has sent a byte. */
import { millisecondsBetween } from '../basics/timestamp.ts';
import { formatDuration } from '../basics/format-duration.ts';
import type { ConnectionRecord, FirstEnd } from '../connection/record.ts';
import { fill } from '../judgement/fill.ts';
import type { RefusedLeg } from '../judgement/neighbours.ts';
import { backendOf, FORWARDER_ADVICE, whatRefused } from '../judgement/refused-leg.ts';
import { isRequestUnseen } from '../judgement/request-unseen.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { packetList, quoted } from '../judgement/wording.ts';

const OPTIONS = {
  preconnectMs: {
    default: 2000,
    unit: 'ms',
    description:
      'a connection without a request that the server drops after this long may be one that a browser opened ahead of need',
  },
} as const;

const MESSAGES = {
  closed:
    'The server accepted the connection and sent {how}{later}, before any request byte ({packets}){backend}.',
  'closed-idle':
    'The server accepted the connection and sent {how}{later}, before any request byte ({packets}){backend}.',
  crossed:
    'The server hung up before the upgrade request for {target} had reached it: its {how} (packet {end}) left{when} the request came (packet {request}), and acknowledges nothing of it{backend}.',
} as const;

export const closedBeforeRequest: Rule<typeof OPTIONS> = {
  id: 'closed-before-request',
  title: 'The server closed the connection before any request',
  severity: 'warning',
  section: 'Opening handshake',
  place: 2,
  verdict: 'abnormal',
  explainsEnd: 11,
  needsKnownPort: true,
  spec: 'RFC 9293 §3.6; RFC 9112 §9.5',
  requires: ['both-directions', 'first-end'],
  options: OPTIONS,
  messages: MESSAGES,
  check(record, context, { preconnectMs }) {
    const { firstEnd } = record;
    if (firstEnd?.by !== 'server') return null;
    if (record.upgrade !== null) return crossed(record, firstEnd, context);
    return closed(record, firstEnd, context, preconnectMs);
  },
};

/** No byte was sent. */
function closed(
  record: ConnectionRecord,
  { how, mark }: FirstEnd,
  context: RuleContext,
  preconnectMs: number,
): Finding | null {
  const { tcp, server } = record;
  const { hasTimes, webSocketPorts, neighbours } = context;
  if (tcp.client.streamBytes > 0 || tcp.server.streamBytes > 0) return null;
  // Of other ports it speaks only where the capture has nothing else to tell.
  if (neighbours.carryBytes && !webSocketPorts.has(server.port)) return null;
  const synAck = tcp.server.syn;
  const opened = synAck ?? tcp.client.syn;
  // A RST without a SYN/ACK refuses the connection: connection-refused reports it.
  if (opened === null || (synAck === null && how === 'rst')) return null;
  const afterMs = millisecondsBetween(opened, mark);
  const isIdle = hasTimes && afterMs >= preconnectMs;
  const isSpare = neighbours.wasServed(record, mark);
  const refused = hasTimes ? neighbours.refusedLeg(record, mark) : null;
  const kind = isIdle ? 'closed-idle' : 'closed';
  const packets = [opened.packet, mark.packet];
  return {
    kind,
    ...headlineOf(refused),
    severity: isIdle || isSpare ? 'info' : 'warning',
    message: fill(MESSAGES[kind], {
      how: how.toUpperCase(),
      later: hasTimes ? ` ${formatDuration(Math.max(0, afterMs))} later` : '',
      packets: packetList(packets),
      backend: whatRefused(refused),
    }),
    advice: adviceOf(record, isIdle, isSpare, refused),
    packets,
    at: mark,
    evidence: {
      afterMs: hasTimes ? afterMs : null,
      how,
      wasServed: isSpare,
      refusedBackend: backendOf(refused),
    },
  };
}

/** The request was sent, and came too late. */
function crossed(
  record: ConnectionRecord,
  { how, mark }: FirstEnd,
  { hasTimes, neighbours }: RuleContext,
): Finding | null {
  const request = record.upgrade?.request ?? null;
  if (request === null || record.upgrade?.response !== null || !isRequestUnseen(record)) return null;
  const beforeMs = millisecondsBetween(mark, request);
  const refused = hasTimes ? neighbours.refusedLeg(record, mark) : null;
  const packets = [mark.packet, request.packet, ...(refused === null ? [] : [refused.refusal.packet])];
  return {
    kind: 'crossed',
    ...headlineOf(refused),
    severity: 'warning',
    message: fill(MESSAGES.crossed, {
      target: quoted(request.head.target),
      how: how.toUpperCase(),
      end: mark.packet,
      when: hasTimes && beforeMs >= 0 ? ` ${formatDuration(beforeMs)} before` : ' before',
      request: request.packet,
      backend: whatRefused(refused),
    }),
    advice: adviceOf(record, false, false, refused),
    packets: packets.toSorted((a, b) => a - b),
    at: mark,
    evidence: {
      afterMs: hasTimes ? -beforeMs : null,
      how,
      wasServed: false,
      refusedBackend: backendOf(refused),
    },
  };
}

/** Only of a forwarder: the rule's name says the rest. */
function headlineOf(refused: RefusedLeg | null): Pick<Finding, 'headline'> {
  return refused === null
    ? {}
    : {
        headline: `closed before the request: ${backendOf(refused)!} had refused a connection a moment before`,
      };
}

function adviceOf(
  { server, tcp }: ConnectionRecord,
  isIdle: boolean,
  isSpare: boolean,
  refused: RefusedLeg | null,
): string {
  if (refused !== null) return FORWARDER_ADVICE;
  if (isIdle)
    return 'After so long this may be an idle connection that a browser opened ahead of need and the server tidied up.';
  if (isSpare)
    return 'Another connection of this client to that port was open and answered at that moment: this one was probably a spare one.';
  if (tcp.server.streamBytes > 0)
    return 'The server had answered on this connection before: it ended an idle connection at the moment in which the client used it again. A client repeats such a request on a new connection; look at the keep-alive timeout.';
  return `Look at what listens on port ${server.port}: a full worker pool, a connection limit, an address filter, or a port forwarder with nothing behind it.`;
}
