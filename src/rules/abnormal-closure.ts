/**
 * abnormal-closure: the side that ended the connection first had not sent a Close. APIs report this as 1006.
 */
import { clientProxyHeader } from '../judgement/proxy-headers.ts';
import type {
  CloseFrame,
  ConnectionRecord,
  FirstEnd,
  Role,
  WebSocketSideFacts,
} from '../connection/record.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import { missingBytes } from '../judgement/missing-bytes.ts';
import type { Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { afterOpening, count, describeClose, describePosition, frameName } from '../judgement/wording.ts';

const MESSAGES = {
  'no-close':
    'The {by} ended the connection with {how} {when} (packet {packet}){last}, without a Close, {position}, {traffic}. Browsers and libraries report 1006.',
  'close-unanswered':
    "The {by} ended the connection with {how} {when} (packet {packet}), without answering the {other}'s {close} (packet {closePacket}), {traffic}. The {other} is told 1006.",
  'close-crossed':
    "The {by} ended the connection with {how} {when} (packet {packet}){last}, without a Close, {position}, {traffic}. The {other}'s {close} (packet {closePacket}) was still on its way then: the {how} acknowledges only what stands before it. The {other} is told 1006.",
  'both-ended':
    'The {by} ended the connection with {how} {when} (packet {packet}){last}, without a Close, {position}, {traffic}. The {other} had ended it on its own (FIN in packet {otherPacket}): the two FINs crossed on the way, and neither side had seen the other one. Browsers and libraries report 1006.',
  'reset-in-name':
    'A RST in the name of the {by} ended the connection {when} (packet {packet}){last}, without a Close, {position}, {traffic}. Browsers and libraries report 1006.',
  'not-known':
    'A bare RST in the name of the {by} ended the connection {when} (packet {packet}){last}, without a Close, {position}, {traffic}. Such a RST is the answer of a host that has no such connection (any more). Browsers and libraries report 1006.',
  'other-not-read':
    'The {by} ended the connection with {how} {when} (packet {packet}){last}, without a Close, {position}, {traffic}. {lost} and its frames can not be followed after them, so the {other} may have sent a Close before.',
  'fin-not-captured':
    'The {by} had ended the connection, without a Close, before its RST {when} (packet {packet}): the number of that RST shows a FIN that is not in the capture. {trafficFirst}. The {other} is told 1006.',
} as const;

type Kind = keyof typeof MESSAGES;

const GOING_AWAY = 1001;
/** Where the last message came sooner than this before the end, no time limit for silence ended the connection. */
const RECENT_MS = 5000;
/** Shorter than any time limit of a proxy. */
const SHORT_SILENCE_MS = 2000;
/** The end follows from the other side's message where it came within this time. */
const REACTION_MS = 1000;

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
  follows: [
    'stray-bytes',
    'tls-record-refused',
    'pong-missing',
    'app-heartbeat-missing',
    'half-open',
    'idle-timeout',
  ],
  aboutEnd: 'sender',
  spec: 'RFC 6455 §7.1.5, §7.4.1 (1006)',
  options: {},
  messages: MESSAGES,
  requires: [
    'web-socket',
    'frame-bytes',
    'both-directions',
    'frames-of-ending-side',
    'goodbyes',
    'first-end',
  ],
  check(record, context) {
    const { firstEnd, clientSide, serverSide, opening, openedAt, tcp } = record;
    if (openedAt === null || firstEnd === null) return null;
    const { by, how, mark } = firstEnd;
    const side = by === 'client' ? clientSide : serverSide;
    const other = by === 'client' ? serverSide : clientSide;
    if (side.closeFrame !== null) return null;

    const peerClose = closeThatWasSeen(other, firstEnd);
    // A side that sent 1001 (going away) does not wait for an answer. close-unanswered reports that none
    // came. A code that the capture lacks may be this one.
    if (peerClose?.code === GOING_AWAY || peerClose?.isCodeMissing === true) return null;
    const isOfUnknown = how === 'rst' && tcp[by].reset?.isOfUnknown === true;
    const kind = kindOf(firstEnd, other, peerClose, isOfUnknown);
    const close =
      kind === 'close-crossed' ? other.closeFrame : kind === 'close-unanswered' ? peerClose : null;
    const packets = [close?.mark.packet ?? mark.packet, mark.packet, firstEnd.crossed?.packet ?? mark.packet];
    const traffic = describeTraffic(clientSide, serverSide);
    return {
      kind,
      message: fill(MESSAGES[kind], {
        by,
        other: other.role,
        how: how.toUpperCase(),
        when: afterOpening(record, mark, context),
        packet: mark.packet,
        traffic,
        trafficFirst: `${traffic[0]!.toUpperCase()}${traffic.slice(1)}`,
        last: describeLast(record, mark, context),
        position: describePosition(side),
        close: close === null ? '' : describeClose(close),
        closePacket: close?.mark.packet ?? 0,
        otherPacket: firstEnd.crossed?.packet ?? 0,
        lost: lostText(record, other.role),
      }),
      severity: kind === 'other-not-read' ? 'warning' : 'error',
      advice: advice(kind, record, firstEnd, context),
      packets: [...new Set(packets)].toSorted((a, b) => a - b),
      at: mark,
      evidence: {
        by,
        how,
        afterUpgradeMs:
          opening === 'handshake' && context.hasTimes ? millisecondsBetween(openedAt, mark) : null,
        midFrame: side.unfinished !== null,
        clientFrames: clientSide.framesBeforePeerEnd,
        serverFrames: serverSide.framesBeforePeerEnd,
      },
    };
  },
};

/** The other side's Close, if whoever ended the connection may have seen it before. */
function closeThatWasSeen({ closeFrame }: WebSocketSideFacts, { mark }: FirstEnd): CloseFrame | null {
  if (closeFrame === null || closeFrame.isUnseenByPeerEnd) return null;
  return closeFrame.mark.packet <= mark.packet ? closeFrame : null;
}

function kindOf(
  { forged, missingBefore, crossed, mark }: FirstEnd,
  { closeFrame, isFramingLost }: WebSocketSideFacts,
  peerClose: CloseFrame | null,
  isOfUnknown: boolean,
): Kind {
  // One number is a FIN, or one byte, which is no Close. So whatever the other side sent may have come after that FIN.
  if (missingBefore === 1) return 'fin-not-captured';
  if (peerClose !== null) return 'close-unanswered';
  if (isFramingLost && closeFrame === null) return 'other-not-read';
  if (forged !== null) return 'reset-in-name';
  if (closeFrame !== null && closeFrame.mark.packet <= mark.packet) return 'close-crossed';
  if (isOfUnknown) return 'not-known';
  return crossed === null ? 'no-close' : 'both-ended';
}

/** ", 3.4 ms after the client's text frame of 16 bytes (packet 12)": what came last; nothing where nobody had sent data. */
function describeLast(
  { conversation: { lastMessage } }: ConnectionRecord,
  end: FirstEnd['mark'],
  { hasTimes }: RuleContext,
): string {
  if (lastMessage === null || lastMessage.packet > end.packet) return '';
  const { by, opcode, payloadLength, packet } = lastMessage;
  const what = `the ${by}'s ${frameName(opcode)} of ${count(payloadLength, 'byte')} (packet ${packet})`;
  return hasTimes
    ? `, ${formatDuration(Math.max(0, millisecondsBetween(lastMessage, end)))} after ${what}`
    : `, after ${what}`;
}

function describeTraffic(clientSide: WebSocketSideFacts, serverSide: WebSocketSideFacts): string {
  const [client, server] = [clientSide.framesBeforePeerEnd, serverSide.framesBeforePeerEnd];
  if (clientSide.isFramingLost || serverSide.isFramingLost) {
    return `after ${countOf(clientSide)} from the client and ${countOf(serverSide)} from the server`;
  }
  if (client + server === 0) return 'after no frame from either side';
  const fromClient = client === 0 ? 'no frame' : count(client, 'frame');
  const fromServer = server === 0 ? 'none' : `${server}`;
  return `after ${fromClient} from the client and ${fromServer} from the server`;
}

/** Frames behind the bytes that the capture lacks are not counted. */
function countOf({ framesBeforePeerEnd, isFramingLost }: WebSocketSideFacts): string {
  if (framesBeforePeerEnd === 0) return isFramingLost ? 'an unknown number of frames' : 'no frame';
  return `${isFramingLost ? 'at least ' : ''}${count(framesBeforePeerEnd, 'frame')}`;
}

/** The beginning of a sentence: which bytes of that side nobody could read. */
function lostText(record: ConnectionRecord, role: Role): string {
  const text = missingBytes(record, role);
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

function advice(
  kind: Kind,
  record: ConnectionRecord,
  { by, how, mark, forged }: FirstEnd,
  context: RuleContext,
): string {
  const { lastMessage } = record.conversation;
  const sinceLastMs =
    lastMessage === null || !context.hasTimes ? null : millisecondsBetween(lastMessage, mark);
  if (kind === 'not-known') {
    return `Look at what stands between the two: a NAT, firewall or load balancer that forgot or ended the connection and answers in the ${by}'s name. Or the ${by} had ended it (a crash, a restart), and that did not come through.`;
  }
  if (kind === 'other-not-read' && record.tcp[by === 'client' ? 'server' : 'client'].gapBytes === 0) {
    return `Look at why these records could not be decrypted (docs/tls.md), and at the ${by}'s log at that time.`;
  }
  if (kind === 'other-not-read') {
    return `Capture again, with \`-s 0\` and without losses, to see whether the ${by === 'client' ? 'server' : 'client'} said goodbye. Then look at the ${by}'s log at that time.`;
  }
  if (kind === 'fin-not-captured') {
    return `Look at what the ${by} did before that packet (its log at that time), and capture again: packets of the ${by} are missing.`;
  }
  const isRecent = sinceLastMs !== null && sinceLastMs < RECENT_MS;
  if (by === 'client') {
    const header = clientProxyHeader(record);
    return header === null
      ? isSilent(sinceLastMs)
        ? 'Look at the client: closed without a Close by its code, by a crash, or by a device or network that went away; or, if the client is a proxy, by its time limit.'
        : 'Look at the client: closed without a Close by its code, by a crash, or by a device or network that went away.'
      : `This client is a proxy (${header} in its request). Look at its log${isRecent ? '' : ' and its timeouts'}, and at the connection in front of it: its own client may have left.`;
  }
  if (forged !== null) {
    return 'Capture at the server too, to see whether it sent that RST. Then look at its log at that time, or at what stands in between.';
  }
  if (isRecent && sinceLastMs < REACTION_MS && lastMessage?.by === 'client') {
    return how === 'rst'
      ? 'Look at what the server did with that message (its log at that time): a crash, or a close with bytes unread.'
      : 'Look at what the server did with that message (its log at that time): a handler that failed or ended, or a crash.';
  }
  if (how === 'rst') {
    return "Look at the server's log at that time: a crash, a kill, or a close with bytes unread; and at proxies in between.";
  }
  return isRecent
    ? "Look at the server's log at that time: a handler that ended, a crash, a restart."
    : "Look at the server's log at that time (a handler that ended, a restart), and at idle timeouts of proxies in between.";
}

function isSilent(sinceLastMs: number | null): boolean {
  return sinceLastMs === null || sinceLastMs >= SHORT_SILENCE_MS;
}
