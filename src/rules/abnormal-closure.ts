/** abnormal-closure: the side that ended the connection first had sent no Close: what APIs report as 1006. */
import { elapsedMs } from '../timestamp.ts';
import { upgradeResponse } from '../connection/record.ts';
import { formatDuration } from '../format-duration.ts';
import type { Rule } from './rule.ts';
import { count, describeClose, describePosition } from './wording.ts';

export const abnormalClosure: Rule = {
  id: 'abnormal-closure',
  title: 'The connection ended without a closing handshake',
  severity: 'error',
  spec: 'RFC 6455 §7.1.5, §7.4.1 (1006)',
  requires: ['both-directions', 'frames-of-ending-side', 'first-end'],
  check(record, { hasTimes }) {
    const response = upgradeResponse(record);
    const { firstEnd, clientSide, serverSide } = record;
    if (response === null || firstEnd === null) return null;
    const { by, how, mark } = firstEnd;
    const [side, other] = by === 'client' ? [clientSide, serverSide] : [serverSide, clientSide];
    if (side.closeFrame !== null) return null;

    const afterUpgradeMs = elapsedMs(response, mark);
    const peerClose =
      other.closeFrame !== null && other.closeFrame.mark.packet <= mark.packet ? other.closeFrame : null;
    const context =
      peerClose === null
        ? `without a Close, ${describePosition(side)}`
        : `without answering the ${other.role}'s ${describeClose(peerClose)} (packet ${peerClose.mark.packet})`;
    return {
      severity: 'error',
      message:
        `The ${by} ended the connection with ${how.toUpperCase()} ${hasTimes ? `${formatDuration(afterUpgradeMs)} ` : ''}after the 101 ` +
        `(packet ${mark.packet}), ${context}, ${describeTraffic(clientSide.frameCount, serverSide.frameCount)}. Browsers and libraries report 1006.`,
      advice: advice(by, how),
      packets: peerClose === null ? [mark.packet] : [peerClose.mark.packet, mark.packet],
      at: mark,
      evidence: {
        by,
        how,
        afterUpgradeMs,
        midFrame: side.unfinished !== null,
        clientFrames: clientSide.frameCount,
        serverFrames: serverSide.frameCount,
      },
    };
  },
};

function describeTraffic(client: number, server: number): string {
  if (client + server === 0) return 'after no frame from either side';
  const fromClient = client === 0 ? 'none' : count(client, 'frame');
  const fromServer = server === 0 ? 'none' : client === 0 ? count(server, 'frame') : `${server}`;
  return `after ${fromClient} from the client and ${fromServer} from the server`;
}

function advice(by: 'client' | 'server', how: 'fin' | 'rst'): string {
  if (by === 'client') {
    return 'Look at the client: closed without a Close by its code, by a crash, or by a device or network that went away.';
  }
  return how === 'rst'
    ? "Look at the server's log at that time: a crash, a kill, or a close with bytes unread; and at proxies in between."
    : "Look at the server's log at that time (a handler that ended, a restart), and at idle timeouts of proxies in between.";
}
