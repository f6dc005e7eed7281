/** error-close-code: a Close whose code says that something went wrong, or is an application's own. */
import type { CloseFrame, ConnectionRecord, Role, WebSocketSideFacts } from '../connection/record.ts';
import type { FramePlace } from '../connection/irregularity.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { namesPingTimeout } from '../judgement/close-reasons.ts';
import { fill } from '../judgement/fill.ts';
import { placeInLife } from '../judgement/frame-finding.ts';
import type { Severity } from '../basics/severity.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { bothOrOne } from '../judgement/sides.ts';
import { describeClose, describeFrame, frameName, since } from '../judgement/wording.ts';

const MESSAGES = {
  closed: 'The {role} closed the WebSocket with {close} {when}.',
  answered: "The {role} answered the {other}'s {peerClose} with {close} {when}.",
} as const;

/** What a Close may complain about, as a clause. */
interface Suspect {
  readonly text: string;
  readonly packet: number | null;
}

export const errorCloseCode: Rule = {
  id: 'error-close-code',
  title: 'A Close carries a code that names a fault',
  severity: 'warning',
  section: 'Closing',
  place: 3,
  verdict: 'error-close',
  explainsEnd: 8,
  followsBreach: true,
  follows: ['pong-missing', 'app-heartbeat-missing', 'handshake-close'],
  spec: "RFC 6455 §7.4.1, IANA's registry of close codes",
  options: {},
  messages: MESSAGES,
  // Without the frames of both sides nobody knows whether a Close came first or repeats the other side's
  // code.
  requires: ['web-socket', 'frame-bytes', 'both-directions', 'frames-of-both-sides'],
  check(record, context) {
    const { closeFirstBy, clientSide, serverSide } = record;
    if (record.openedAt === null || closeFirstBy === null) return null;
    const first = closeFirstBy === 'client' ? clientSide : serverSide;
    const second = closeFirstBy === 'client' ? serverSide : clientSide;
    const isEcho = second.closeFrame?.code === first.closeFrame?.code;
    const ofFirst = findingOf(first, second, null, record, context);
    const ofSecond = isEcho ? null : findingOf(second, first, first.closeFrame, record, context);
    return bothOrOne(ofFirst, ofSecond);
  },
};

/** What a side's Close says; `answers` is the Close of the other side that came first. */
function findingOf(
  sender: WebSocketSideFacts,
  other: WebSocketSideFacts,
  answers: CloseFrame | null,
  record: ConnectionRecord,
  context: RuleContext,
): Finding | null {
  const { role, closeFrame } = sender;
  const code = closeFrame?.code ?? null;
  if (closeFrame === null || code === null) return null;
  const severity = severityOf(code, closeFrame);
  if (severity === null) return null;
  const { mark, reason } = closeFrame;
  const kind = answers === null ? 'closed' : 'answered';
  const suspected = suspectBefore(mark.packet, other, code);
  const { openedAt, opening } = record;
  const isTimed = context.hasTimes && opening === 'handshake' && openedAt !== null;
  return {
    kind,
    severity,
    message: fill(MESSAGES[kind], {
      role,
      other: other.role,
      close: describeClose(closeFrame),
      peerClose: answers === null ? '' : describeClose(answers),
      when: placeInLife(record, mark, context),
    }),
    advice:
      pingAdvice(closeFrame, sender, other.role) ?? adviceFor(closeFrame, role, other.role, suspected.text),
    packets: answers === null ? [mark.packet] : [answers.mark.packet, mark.packet],
    at: mark,
    evidence: {
      by: role,
      code,
      reason,
      isAnswer: answers !== null,
      afterUpgradeMs: isTimed ? millisecondsBetween(openedAt, mark) : null,
      suspectedPacket: suspected.packet,
    },
  };
}

/**
 * null for a code that names no fault, or that may not be sent at all (close-frame-invalid says so). A restart that is announced is
 * as it should be. An application's own code may mean anything; before the other side could say a word it refuses that side.
 */
function severityOf(code: number, { acknowledgesData }: CloseFrame): Severity | null {
  if (code === 1012) return 'info';
  if (code === 1002 || code === 1003 || (code >= 1007 && code <= 1014)) return 'warning';
  if (code < 3000 || code > 4999) return null;
  return acknowledgesData ? 'info' : 'warning';
}

/** Where the reason says that a ping was not answered, that ping is the next thing to look at; null where it doesn't. */
function pingAdvice(
  { reason, mark }: CloseFrame,
  { role, pings }: WebSocketSideFacts,
  other: Role,
): string | null {
  if (!namesPingTimeout(reason)) return null;
  const last = pings.unanswered?.last ?? null;
  if (last === null || last.packet > mark.packet) {
    return `By its reason the ${role} had waited in vain for an answer to a ping or a heartbeat: look at whether the ${other} still lived at that time.`;
  }
  return (
    `By its reason the ${role} had waited in vain for a pong: its ping in packet ${last.packet}, ${since(last, mark)} before, was not ` +
    `answered. Look at whether the ${other} still lived at that time.`
  );
}

/** The frame of the other side that a Close may complain about, and what to call it. */
function suspectBefore(
  packet: number,
  { role, irregularities, lastFrame, lastDataFrame }: WebSocketSideFacts,
  code: number,
): Suspect {
  const isBefore = (frame: FramePlace | null): frame is FramePlace => frame !== null && frame.packet < packet;
  const endless = irregularities.find(({ kind }) => kind === 'length-too-large')?.examples[0] ?? null;
  if (isBefore(endless)) {
    const text = `the length of the ${role}'s ${frameName(endless.opcode)} in packet ${endless.packet}, which another anomaly names`;
    return { text, packet: endless.packet };
  }
  if (code === 1002 || code === 1007) {
    const broken = irregularities
      .flatMap(({ examples }) => examples)
      .filter(isBefore)
      .toSorted((a, b) => b.number - a.number)[0];
    if (broken !== undefined) {
      const text = `the ${role}'s ${describeFrame(broken)} in packet ${broken.packet}, which another anomaly names`;
      return { text, packet: broken.packet };
    }
  }
  // The other codes complain about a text or binary message.
  if (code === 1002 && isBefore(lastFrame)) return suspect('last frame', role, lastFrame);
  if (isBefore(lastDataFrame)) return suspect('last data frame', role, lastDataFrame);
  return { text: `what the ${role} had sent`, packet: null };
}

function suspect(name: string, role: Role, frame: FramePlace): Suspect {
  const text = `the ${name} of the ${role} before it, a ${describeFrame(frame)} in packet ${frame.packet}`;
  return { text, packet: frame.packet };
}

function adviceFor({ code, reason }: CloseFrame, role: Role, other: Role, suspected: string): string {
  switch (code) {
    case 1002:
      return `The ${role} saw a breach of the protocol: look at ${suspected}.`;
    case 1003:
      return `The ${role} takes no data of that type, most often binary where it wants text: look at ${suspected}.`;
    case 1007:
      return `The ${role} could not read a message, most often a text that is not UTF-8: look at ${suspected}.`;
    case 1008:
      return `A policy of the ${role}: look in its log for authentication, origin and rate limits at that time.`;
    case 1009:
      return `A message was larger than the ${role} takes: look at ${suspected}, and at its limit of message size.`;
    case 1010:
      return `The ${role} needs an extension that the 101 did not agree to: compare Sec-WebSocket-Extensions in request and 101.`;
    case 1011:
      return reason === ''
        ? `Look in the log of the ${role} at that time: an exception in a handler, or a ping of its own that was not answered in time.`
        : `Look for that reason in the log of the ${role} at that time: an exception in a handler, most often.`;
    case 1012:
      return `The ${role} says that it restarts: look at how long the ${other} waits before it connects again, and whether a deployment was due at that time.`;
    case 1013:
      return `The ${role} says that it is overloaded: look at its load at that time, and at how long the ${other} waits before it connects again.`;
    case 1014:
      return `The ${role} is a gateway that got no proper answer from behind it: look at the connection to its backend and at its log.`;
    default:
      return `${code ?? ''} is a code of the application's or a library's own: look for it in the source of the ${role}.`;
  }
}
