/** closed-before-request: the server hangs up after the TCP handshake, before the client has sent a byte. */
import { millisecondsBetween } from '../basics/timestamp.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { packetList } from '../judgement/wording.ts';

const OPTIONS = {
  preconnectMs: {
    default: 2000,
    unit: 'ms',
    description:
      'a connection without a request that the server drops after this long may be one that a browser opened ahead of need',
  },
} as const;

const MESSAGES = {
  closed: 'The server accepted the connection and sent {how}{later}, before any request byte ({packets}).',
  'closed-idle':
    'The server accepted the connection and sent {how}{later}, before any request byte ({packets}).',
} as const;

export const closedBeforeRequest: Rule<typeof OPTIONS> = {
  id: 'closed-before-request',
  title: 'The server closed the connection before any request',
  severity: 'warning',
  section: 'Opening handshake',
  place: 2,
  verdict: 'abnormal',
  needsKnownPort: true,
  spec: 'RFC 9293 §3.6; RFC 9112 §9.5',
  requires: ['both-directions', 'first-end'],
  options: OPTIONS,
  messages: MESSAGES,
  check({ upgrade, firstEnd, tcp, server }, { hasTimes }, { preconnectMs }) {
    if (upgrade !== null || firstEnd?.by !== 'server') return null;
    if (tcp.client.streamBytes > 0 || tcp.server.streamBytes > 0) return null;
    const synAck = tcp.server.syn;
    const { how, mark } = firstEnd;
    const opened = synAck ?? tcp.client.syn;
    // A RST without a SYN/ACK refuses the connection: connection-refused reports it.
    if (opened === null || (synAck === null && how === 'rst')) return null;
    const afterMs = millisecondsBetween(opened, mark);
    const packets = [opened.packet, mark.packet];
    const kind = afterMs >= preconnectMs ? 'closed-idle' : 'closed';
    return {
      kind,
      severity: 'warning',
      message: fill(MESSAGES[kind], {
        how: how.toUpperCase(),
        later: hasTimes ? ` ${formatDuration(afterMs)} later` : '',
        packets: packetList(packets),
      }),
      advice:
        kind === 'closed-idle'
          ? 'After so long this may be an idle connection that a browser opened ahead of need and the server tidied up.'
          : `Look at what listens on port ${server.port}: a full worker pool, a connection limit, an address filter, or a port forwarder with nothing behind it.`,
      packets,
      at: mark,
      evidence: { afterMs: hasTimes ? afterMs : null, how },
    };
  },
};
