/** closed-before-request: the server hangs up after the TCP handshake, before the client has sent a byte. */
import { elapsedMs } from '../timestamp.ts';
import { formatDuration } from '../format-duration.ts';
import type { Rule } from './rule.ts';
import { packetList } from './wording.ts';

/** Browsers open connections ahead of need; a server that drops one after so long was only tidying up. */
const PRECONNECT_MS = 2000;

export const closedBeforeRequest: Rule = {
  id: 'closed-before-request',
  title: 'The server closed the connection before any request',
  severity: 'warning',
  spec: 'RFC 9293 §3.6; RFC 9112 §9.5',
  requires: ['both-directions', 'first-end'],
  check({ upgrade, firstEnd, clientSide, serverSide, server }, { hasTimes }) {
    if (upgrade !== null || firstEnd?.by !== 'server') return null;
    if (clientSide.streamBytes > 0 || serverSide.streamBytes > 0) return null;
    const synAck = serverSide.syn;
    if (clientSide.syn === null && synAck === null) return null;
    const opened = synAck ?? clientSide.syn!;
    const { how, mark } = firstEnd;
    const afterMs = elapsedMs(opened, mark);
    const packets = [opened.packet, mark.packet];
    return {
      severity: 'warning',
      message:
        `The server accepted the connection and sent ${how.toUpperCase()}${hasTimes ? ` ${formatDuration(afterMs)} later` : ''}, before any ` +
        `request byte (${packetList(packets)}).`,
      advice:
        afterMs >= PRECONNECT_MS
          ? 'After so long this may be an idle connection that a browser opened ahead of need and the server tidied up.'
          : `Look at what listens on port ${server.port}: a full worker pool, a connection limit, an address filter, or a port forwarder with nothing behind it.`,
      packets,
      at: mark,
      evidence: { afterMs: hasTimes ? afterMs : null, how },
    };
  },
};
