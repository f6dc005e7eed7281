/**
 * deflate-error: a compressed message does not inflate with the agreed parameters, or inflates to far too
 * much.
 */
import type { ConnectionRecord, WebSocketSideFacts } from '../connection/record.ts';
import { frameFindings, type FrameCase } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';
import { quoted } from '../judgement/wording.ts';

const MESSAGES = {
  failed:
    'The {role} sent a compressed message that does not inflate ({error}) under {agreed}, {when}{more}{reaction}.',
  'too-long':
    'The {role} sent a compressed message that inflates to more than {inflated} (wscap stops there), {when}{more}{reaction}.',
} as const;

const MIB = 1024 * 1024;

const CASES: readonly FrameCase<typeof MESSAGES>[] = [
  {
    irregularity: 'inflate-failed',
    tell: ({ detail }, side, record) => ({
      kind: 'failed',
      values: { error: quoted(String(detail)), agreed: agreedFor(side, record) },
      advice: adviceFor(String(detail), side, record),
      evidence: { error: detail, ...parametersOf(side, record) },
    }),
  },
  {
    irregularity: 'inflate-too-long',
    severity: 'info',
    also: 'too large to follow',
    tell: ({ detail }, side, record) => ({
      kind: 'too-long',
      values: { inflated: `${Math.floor(Number(detail) / MIB)} MiB` },
      advice:
        'That is not a fault in itself. Look at the size that the receiver accepts (it closes with 1009 beyond it), and whether such a ' +
        'message was meant: a small one that inflates to very much can exhaust its memory.',
      evidence: { inflatedBytes: detail, ...parametersOf(side, record) },
    }),
  },
];

export const deflateError: Rule = {
  id: 'deflate-error',
  title: 'A compressed message does not inflate',
  severity: 'error',
  section: 'Frames and messages',
  place: 12,
  spec: 'RFC 7692 §7.1, §7.2.2',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => frameFindings(record, context, MESSAGES, CASES),
};

function directionOf({ role }: WebSocketSideFacts, { upgrade }: ConnectionRecord) {
  return upgrade?.extensions?.deflate?.[role] ?? null;
}

function parametersOf(side: WebSocketSideFacts, record: ConnectionRecord) {
  const direction = directionOf(side, record);
  return {
    noContextTakeover: direction?.noContextTakeover ?? null,
    windowBits: direction?.windowBits ?? null,
  };
}

/** "permessage-deflate (server_no_context_takeover, window of 15 bits)". */
function agreedFor(side: WebSocketSideFacts, record: ConnectionRecord): string {
  const direction = directionOf(side, record);
  if (direction === null) return 'permessage-deflate';
  const takeover = direction.noContextTakeover ? `${side.role}_no_context_takeover` : 'context takeover';
  return `permessage-deflate (${takeover}, window of ${direction.windowBits} bits)`;
}

/** zlib's words for a reference to bytes that the window does not hold. */
const BEYOND_WINDOW = 'too far back';

function adviceFor(error: string, side: WebSocketSideFacts, record: ConnectionRecord): string {
  if (!error.includes(BEYOND_WINDOW)) {
    return (
      'Look at how the sender compresses: RSV1 on a message that is not compressed, a zlib or gzip header, the last four bytes ' +
      '(00 00 ff ff) cut off in the wrong place, or data that was changed on the way.'
    );
  }
  if (directionOf(side, record)?.noContextTakeover === true) {
    return (
      `The message refers to bytes of an earlier one, which ${side.role}_no_context_takeover forbids, or to more than the window ` +
      'holds. Look at whether the sender begins each message with an empty window, as large as was agreed on.'
    );
  }
  return (
    'The message refers to bytes that no message before it had, or that the window no longer holds. Look at the window that the ' +
    'sender really uses, at messages that were dropped on the way, and at relays that mix connections.'
  );
}
