/**
 * abnormal-closure: the side that ended the connection first had not sent a Close. APIs report this as 1006.
 */
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { afterOpening, count, describeClose, describePosition } from '../judgement/wording.ts';

const MESSAGES = {
  'no-close':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, {position}, {traffic}. Browsers and libraries report 1006.',
  'close-unanswered':
    "The {by} ended the connection with {how} {when} (packet {packet}), without answering the {other}'s {close} (packet {closePacket}), {traffic}. The {other} is told 1006.",
} as const;

const GOING_AWAY = 1001;

export const abnormalClosure: Rule = {
  id: 'abnormal-closure',
  title: 'The connection ended without a closing handshake',
  severity: 'error',
  section: 'Closing',
  place: 1,
  verdict: 'abnormal',
  isVerdict: true,
  explainsEnd: 9,
  followsBreach: true,
  follows: ['pong-missing', 'half-open', 'idle-timeout'],
  aboutEnd: 'sender',
  spec: 'RFC 6455 §7.1.5, §7.4.1 (1006)',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'both-directions', 'frames-of-ending-side', 'first-end'],
  check(record, context) {
    const { firstEnd, clientSide, serverSide, opening, openedAt } = record;
    if (openedAt === null || firstEnd === null) return null;
    const { by, how, mark } = firstEnd;
    const side = by === 'client' ? clientSide : serverSide;
    const other = by === 'client' ? serverSide : clientSide;
    if (side.closeFrame !== null) return null;

    const peerClose =
      other.closeFrame !== null && other.closeFrame.mark.packet <= mark.packet ? other.closeFrame : null;
    // A side that sent 1001 (going away) does not wait for an answer. close-unanswered reports that none
    // came.
    if (peerClose?.code === GOING_AWAY) return null;
    const values = {
      by,
      how: how.toUpperCase(),
      when: afterOpening(record, mark, context),
      packet: mark.packet,
      traffic: describeTraffic(clientSide.frameCount, serverSide.frameCount),
    };
    const told =
      peerClose === null
        ? {
            kind: 'no-close',
            message: fill(MESSAGES['no-close'], { ...values, position: describePosition(side) }),
          }
        : {
            kind: 'close-unanswered',
            message: fill(MESSAGES['close-unanswered'], {
              ...values,
              other: other.role,
              close: describeClose(peerClose),
              closePacket: peerClose.mark.packet,
            }),
          };
    return {
      ...told,
      severity: 'error',
      advice: advice(by, how),
      packets: peerClose === null ? [mark.packet] : [peerClose.mark.packet, mark.packet],
      at: mark,
      evidence: {
        by,
        how,
        afterUpgradeMs:
          opening === 'handshake' && context.hasTimes ? millisecondsBetween(openedAt, mark) : null,
        midFrame: side.unfinished !== null,
        clientFrames: clientSide.frameCount,
        serverFrames: serverSide.frameCount,
      },
    };
  },
};

function describeTraffic(client: number, server: number): string {
  if (client + server === 0) return 'after no frame from either side';
  const fromClient = client === 0 ? 'no frame' : count(client, 'frame');
  const fromServer = server === 0 ? 'none' : `${server}`;
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
