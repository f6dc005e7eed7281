/** message-unfinished: a side's stream ends, or its Close comes, inside a frame or a fragmented message. */
import type { ConnectionRecord, Role, WebSocketSideFacts } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { fill } from '../judgement/fill.ts';
import { placeInLife } from '../judgement/frame-finding.ts';
import type { EvidenceValue, Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { eachSide } from '../judgement/sides.ts';
import { count, frameName } from '../judgement/wording.ts';

const MESSAGES = {
  'own-close': 'The {role} sent its Close {when} inside {position}: the message never came to its end.',
  'own-end': 'The {role} ended the connection with {how} {when} in the middle of {position}.',
  'cut-off':
    'The {role} was cut off in the middle of {position}: the {other} ended the connection with {how} {when}.',
} as const;

/** Where a side's bytes stop, and how much was sent of the frame or the message. */
interface Position {
  readonly text: string;
  readonly firstPacket: number;
  readonly evidence: Readonly<Record<string, EvidenceValue>>;
}

interface End {
  readonly kind: keyof typeof MESSAGES;
  /** null for a Close. */
  readonly how: 'fin' | 'rst' | null;
  readonly mark: PacketMark;
}

export const messageUnfinished: Rule = {
  id: 'message-unfinished',
  title: 'A message was never finished',
  severity: 'warning',
  section: 'Frames and messages',
  place: 14,
  spec: 'RFC 6455 §5.4, §5.5.1',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes', 'both-directions', 'frames-of-both-sides', 'first-end'],
  check(record, context) {
    if (record.openedAt === null) return null;
    return eachSide(record, (side, other) => findingOf(side, other, record, context));
  },
};

function findingOf(
  side: WebSocketSideFacts,
  other: WebSocketSideFacts,
  record: ConnectionRecord,
  context: RuleContext,
): Finding | null {
  // Where bytes are missing, the rest of the message may be among them.
  const end = side.isFramingLost ? null : endOf(side, other, record);
  const position = end === null ? null : positionOf(side, end);
  if (end === null || position === null) return null;
  const { kind, how, mark } = end;
  return {
    kind,
    severity: 'warning',
    message: fill(MESSAGES[kind], {
      role: side.role,
      other: other.role,
      position: position.text,
      how: how === null ? '' : how.toUpperCase(),
      when: placeInLife(record, mark, context),
    }),
    advice: adviceFor(kind, side.role, other.role),
    packets: [...new Set([position.firstPacket, mark.packet])].toSorted((a, b) => a - b),
    at: mark,
    evidence: {
      by: side.role,
      endedBy: kind === 'cut-off' ? other.role : side.role,
      how,
      ...position.evidence,
    },
  };
}

/** How the side's frames came to an end; null where they didn't, or where the other side had closed before. */
function endOf(
  side: WebSocketSideFacts,
  other: WebSocketSideFacts,
  { closeFirstBy, firstEnd, tcp }: ConnectionRecord,
): End | null {
  // A side that received a Close may stop in the middle of a message: nobody reads the rest.
  if (closeFirstBy === other.role) return null;
  if (side.closeFrame !== null) return { kind: 'own-close', how: null, mark: side.closeFrame.mark };
  const ownEnd = tcp[side.role].fin ?? tcp[side.role].rst;
  if (firstEnd?.by === other.role) {
    // After only a FIN of the other side, this side may still be sending.
    const isOver = ownEnd !== null || firstEnd.how === 'rst' || tcp[other.role].rst !== null;
    return isOver ? { kind: 'cut-off', how: firstEnd.how, mark: firstEnd.mark } : null;
  }
  return firstEnd === null ? null : { kind: 'own-end', how: firstEnd.how, mark: firstEnd.mark };
}

function positionOf(side: WebSocketSideFacts, { kind }: End): Position | null {
  const { unfinished, unfinishedMessage, irregularities } = side;
  if (kind === 'own-close') {
    const close = irregularities.find((entry) => entry.kind === 'close-inside-message');
    return close === undefined ? null : messagePosition(side);
  }
  // A frame with an impossible length has no end; length-invalid reports it.
  if (irregularities.some((entry) => entry.kind === 'length-too-large')) return null;
  if (unfinished === null) return unfinishedMessage === null ? null : messagePosition(side);
  const { opcode, payloadLength, received, firstPacket } = unfinished;
  return {
    text:
      opcode === null
        ? `the header of a frame (${count(received, 'byte')} of it sent)`
        : `a ${frameName(opcode)} (${received} of ${payloadLength ?? 0} payload bytes sent)`,
    firstPacket,
    evidence: { within: 'frame', opcode, payloadBytes: payloadLength, receivedBytes: received },
  };
}

function messagePosition({ unfinishedMessage, closeFrame }: WebSocketSideFacts): Position {
  if (unfinishedMessage === null) {
    // The message was continued and ended after the Close; data-after-close reports that.
    const packet = closeFrame?.mark.packet ?? 0;
    return { text: 'a fragmented message', firstPacket: packet, evidence: { within: 'message' } };
  }
  const { opcode, frames, payloadBytes, firstPacket } = unfinishedMessage;
  const name = frameName(opcode).replace(' frame', ' message');
  return {
    text: `a ${name} (${count(frames, 'frame')} without a final one, ${count(payloadBytes, 'byte')}, from packet ${firstPacket} on)`,
    firstPacket,
    evidence: { within: 'message', opcode, frames, receivedBytes: payloadBytes },
  };
}

function adviceFor(kind: End['kind'], role: Role, other: Role): string {
  switch (kind) {
    case 'own-close':
      return `The ${other} never gets that message. Look at the ${role}'s code for a close() while a stream or another task still sends.`;
    case 'own-end':
      return `The ${other} never gets that message. Look at the ${role} at that time: a crash, a kill, a socket that was ended past the WebSocket library.`;
    case 'cut-off':
      return `The ${role} is not to blame. Look at the ${other} and at proxies in between at that time: a crash, a kill, a time limit, or a message larger than they take.`;
  }
}
