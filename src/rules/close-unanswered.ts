/** close-unanswered: one side sent a Close, TCP ended, and no Close came back. */
import type { CloseFrame, FirstEnd, TcpSideFacts, WebSocketSideFacts } from '../connection/record.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import { placeInLife } from '../judgement/frame-finding.ts';
import type { Severity } from '../basics/severity.ts';
import type { Rule } from '../judgement/rule.ts';
import { describeClose, since } from '../judgement/wording.ts';

const MESSAGES = {
  dropped:
    'The {role} sent {close} {when}; the {other} never answered it, and ended the connection with {how}{later} (packet {packet}).',
  'gave-up':
    'The {role} sent {close} {when}; the {other} had not answered it when the {role} ended the connection with {how}{later} (packet {packet}).',
  'did-not-wait':
    'The {role} sent {close} {when} and ended the connection with {how}{later} (packet {packet}), without waiting for an answer; none came.',
  'ended-first':
    'The {role} sent {close} {when} and ended the connection with {how} (packet {packet}); the {other} never answered it.',
} as const;

const OPTIONS = {
  waitMs: {
    default: 100,
    unit: 'ms',
    description: 'a side that ends TCP sooner than this after its own Close did not wait for the answer',
  },
} as const;

export const closeUnanswered: Rule<typeof OPTIONS> = {
  id: 'close-unanswered',
  title: 'A Close was never answered',
  severity: 'warning',
  section: 'Closing',
  place: 2,
  explainsEnd: 10,
  follows: ['handshake-close', 'error-close-code', 'pong-missing', 'app-heartbeat-missing', 'half-open'],
  spec: 'RFC 6455 §5.5.1, §7.1.2',
  options: OPTIONS,
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes', 'both-directions', 'frames-of-both-sides', 'goodbyes', 'first-end'],
  check(record, context, { waitMs }) {
    const { clientSide, serverSide, tcp, firstEnd, openedAt } = record;
    if (openedAt === null || firstEnd === null) return null;
    const side = clientSide.closeFrame === null ? serverSide : clientSide;
    const other = side === clientSide ? serverSide : clientSide;
    const { closeFrame } = side;
    // A side that had ended the connection before that Close came could not answer it.
    if (closeFrame?.isBeforePeerEnd !== true || closeFrame.isUnseenByPeerEnd) return null;
    if (other.closeFrame !== null || hidesFrames(other)) return null;
    // The same where its FIN is not in the capture, or where the RST is not its own.
    if (firstEnd.by === other.role && (firstEnd.missingBefore > 0 || firstEnd.forged !== null)) return null;

    const waitedMs = millisecondsBetween(closeFrame.mark, firstEnd.mark);
    const kind = kindOf(
      tcp[side.role],
      tcp[other.role],
      firstEnd,
      context.hasTimes ? waitedMs >= waitMs : null,
    );
    if (kind === null) return null;
    const { how, mark } = firstEnd;
    return {
      kind,
      severity: severityOf(kind, closeFrame),
      message: fill(MESSAGES[kind], {
        role: side.role,
        other: other.role,
        close: describeClose(closeFrame),
        when: placeInLife(record, closeFrame.mark, context),
        how: how.toUpperCase(),
        later: context.hasTimes ? ` ${since(closeFrame.mark, mark)} later` : '',
        packet: mark.packet,
      }),
      advice: adviceFor(kind, side, other),
      packets: [closeFrame.mark.packet, mark.packet],
      at: closeFrame.mark,
      evidence: {
        by: side.role,
        code: closeFrame.code,
        endedBy: firstEnd.by,
        how,
        waitedMs: context.hasTimes ? waitedMs : null,
        afterUpgradeMs:
          context.hasTimes && record.opening === 'handshake'
            ? millisecondsBetween(openedAt, closeFrame.mark)
            : null,
      },
    };
  },
};

/** Frames after an impossible length can't be read, so an answer among them would not be seen. */
function hidesFrames({ irregularities }: WebSocketSideFacts): boolean {
  return irregularities.some(({ kind }) => kind === 'length-too-large');
}

function kindOf(
  side: TcpSideFacts,
  other: TcpSideFacts,
  firstEnd: FirstEnd,
  hasWaited: boolean | null,
): keyof typeof MESSAGES | null {
  if (firstEnd.by === other.role) return 'dropped';
  if (hasWaited === true) return 'gave-up';
  // After only a FIN, the answer may still be on its way when the capture ends.
  const isOver = side.rst !== null || other.fin !== null || other.rst !== null;
  if (!isOver) return null;
  return hasWaited === null ? 'ended-first' : 'did-not-wait';
}

/** A code that the capture lacks may be 1001. */
function severityOf(kind: keyof typeof MESSAGES, { code, isCodeMissing }: CloseFrame): Severity {
  const mayBeLeaving = code === 1001 || isCodeMissing;
  return kind === 'did-not-wait' || kind === 'ended-first' || mayBeLeaving ? 'info' : 'warning';
}

function adviceFor(
  kind: keyof typeof MESSAGES,
  { role }: WebSocketSideFacts,
  { role: other }: WebSocketSideFacts,
): string {
  switch (kind) {
    case 'dropped':
      return `A Close is answered with a Close (RFC 6455 §5.5.1). Look at how the ${other} handles one, and at proxies in between that pass on the end of the connection only.`;
    case 'gave-up':
      return `Look at whether the ${other} still read from the connection then: a blocked event loop, a paused reader, a device or network that was gone.`;
    case 'did-not-wait':
    case 'ended-first':
      return `Usual for a browser tab, an app or a process that goes away. Look further only if the ${role} should have waited, or the ${other} should have answered at once.`;
  }
}
