/**
 * Findings about frames that RFC 6455 and 7692 do not allow, one finding for each side. It describes the
 * first such frame, counts all of them, and says what the receiver did about it where the capture shows that.
 */
import type { IrregularFrame, Irregularity, IrregularityKind } from '../connection/irregularity.ts';
import type { ConnectionRecord, Role, TcpSideFacts, WebSocketSideFacts } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { compareSeverity, type Severity } from '../basics/severity.ts';
import { fillChosen, type ChosenMessage, type Messages } from './fill.ts';
import type { EvidenceValue, Finding } from './rule.ts';
import type { RuleContext } from './rule-context.ts';
import { afterOpening, describeClose, describeFrame, openingOf, since } from './wording.ts';

/**
 * What every message may ask for: {role}, {frame} ("text frame (5 bytes)"), {when} ("12 ms after the 101 (packet 9)"),
 * {more} and {reaction}.
 */
type CommonPlace = 'role' | 'frame' | 'when' | 'more' | 'reaction';

/** What a rule says of the first frame of a kind: a message of the rule, with the values that only this message asks for. */
export type FrameStory<M extends Messages = Messages> = ChosenMessage<M, CommonPlace> & {
  readonly advice: string;
  readonly evidence?: Readonly<Record<string, EvidenceValue>>;
};

export interface FrameCase<M extends Messages = Messages> {
  readonly irregularity: IrregularityKind;
  /** "error" where it is not given. */
  readonly severity?: Severity;
  /**
   * How frames of this kind are counted in a finding that describes a frame of another kind: "over 125
   * bytes".
   */
  readonly also?: string;
  readonly tell: (frame: IrregularFrame, side: WebSocketSideFacts, record: ConnectionRecord) => FrameStory<M>;
}

export interface Reaction {
  readonly how: 'close' | 'fin' | 'rst' | 'continued' | null;
  readonly text: string;
  readonly packet: number | null;
}

/**
 * An end without a Close that comes later than this after a frame is not taken for a reaction to the frame.
 */
const REACTION_MS = 1000;
/** Codes by which a receiver says that it can't go on (RFC 6455 §7.4.1). */
const REFUSALS: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1009, 1010, 1011]);
const NONE: readonly Finding[] = [];
const NO_REACTION: Reaction = { how: null, text: '', packet: null };

export function frameFindings<const M extends Messages>(
  record: ConnectionRecord,
  context: RuleContext,
  messages: M,
  cases: readonly FrameCase<M>[],
  /** Only frames of this side; of both sides where it is not given. */
  by?: Role,
): readonly Finding[] {
  const { clientSide, serverSide } = record;
  // A dozen rules call this for every connection, and nearly every connection has no such frame.
  if (clientSide.irregularities.length + serverSide.irregularities.length === 0) return NONE;
  return [
    ...(by === 'server' ? [] : findingOf(clientSide, serverSide, record, context, messages, cases)),
    ...(by === 'client' ? [] : findingOf(serverSide, clientSide, record, context, messages, cases)),
  ];
}

function findingOf<M extends Messages>(
  side: WebSocketSideFacts,
  other: WebSocketSideFacts,
  record: ConnectionRecord,
  context: RuleContext,
  messages: M,
  cases: readonly FrameCase<M>[],
): Finding[] {
  const met = cases.flatMap((frameCase) => {
    const irregularity = side.irregularities.find(({ kind }) => kind === frameCase.irregularity);
    return irregularity === undefined ? [] : [{ frameCase, irregularity, first: irregularity.examples[0]! }];
  });
  // Of several kinds, the finding describes the gravest; of equally grave kinds, the one that came first.
  const [told, ...others] = met.toSorted(
    (a, b) =>
      compareSeverity(severityOf(a.frameCase), severityOf(b.frameCase)) || a.first.number - b.first.number,
  );
  if (told === undefined) return [];

  const { frameCase, irregularity, first } = told;
  const story = frameCase.tell(first, side, record);
  const reaction = reactionTo(first, side, other, record.tcp[other.role], context);
  const { openedAt, opening } = record;
  const isTimed = context.hasTimes && opening === 'handshake' && openedAt !== null;
  const { packet, seconds, nanoseconds } = first;
  const packets = [...irregularity.examples.map((example) => example.packet), ...packetOf(reaction)];
  return [
    {
      kind: story.kind,
      severity: severityOf(frameCase),
      message: fillChosen<M, CommonPlace>(messages, story, {
        role: side.role,
        frame: describeFrame(first),
        when: placeInLife(record, first, context),
        more: [
          moreOf(irregularity, side),
          ...others.map((entry) => otherKind(entry.frameCase, entry.irregularity, irregularity)),
        ].join(''),
        reaction: reaction.text,
      }),
      advice: story.advice,
      packets: [...new Set(packets)].toSorted((a, b) => a - b),
      at: { packet, seconds, nanoseconds },
      evidence: {
        by: side.role,
        count: irregularity.count,
        frameNumber: first.number,
        opcode: first.opcode,
        payloadBytes: first.payloadLength,
        afterUpgradeMs: isTimed ? millisecondsBetween(openedAt, first) : null,
        ...story.evidence,
        receiver: reaction.how,
        receiverCloseCode: reaction.how === 'close' ? (other.closeFrame?.code ?? null) : null,
      },
    },
  ];
}

/** "12 ms after the 101 (packet 9)". */
export function placeInLife(record: ConnectionRecord, mark: PacketMark, context: RuleContext): string {
  const { openedAt } = record;
  const place = `(packet ${mark.packet})`;
  if (openedAt === null || mark.packet > openedAt.packet)
    return `${afterOpening(record, mark, context)} ${place}`;
  return `${mark.packet < openedAt.packet ? 'before' : 'with'} ${openingOf(record)} ${place}`;
}

function severityOf({ severity = 'error' }: Pick<FrameCase, 'severity'>): Severity {
  return severity;
}

function moreOf({ count }: Irregularity, { frameCount }: WebSocketSideFacts): string {
  if (count === 1) return '';
  return `, and ${count - 1} more${count === frameCount ? ' (all that it sent)' : ''}`;
}

/** ", and 2 over 125 bytes": frames of another kind, without those that were counted as the first kind. */
function otherKind({ also }: Pick<FrameCase, 'also'>, other: Irregularity, told: Irregularity): string {
  const both = other.examples.filter(({ number }) =>
    told.examples.some((example) => example.number === number),
  );
  const count = other.count - both.length;
  return also === undefined || count === 0 ? '' : `, and ${count} ${also}`;
}

/** What the receiver did after the frame (or what stands in the place of one), as far as the capture proves it. */
export function reactionTo(
  frame: PacketMark,
  side: WebSocketSideFacts,
  other: WebSocketSideFacts,
  tcpOfOther: TcpSideFacts,
  { hasTimes }: RuleContext,
): Reaction {
  // What follows a Close of the sender may only be the answer to that Close.
  const mayAnswerClose = (packet: number) => side.closeFrame !== null && side.closeFrame.mark.packet < packet;
  const { closeFrame, lastDataFrame } = other;
  if (closeFrame !== null && closeFrame.mark.packet > frame.packet) {
    const { code, mark } = closeFrame;
    const isRefusal = code !== null && REFUSALS.has(code);
    const isSoon = hasTimes && millisecondsBetween(frame, mark) <= REACTION_MS;
    if (isRefusal || (isSoon && !mayAnswerClose(mark.packet))) {
      return {
        how: 'close',
        text: hasTimes
          ? `; the ${other.role} sent ${describeClose(closeFrame)} ${since(frame, mark)} later (packet ${mark.packet})`
          : `; the ${other.role} then sent ${describeClose(closeFrame)} (packet ${mark.packet})`,
        packet: mark.packet,
      };
    }
  }
  const end = endAfter(frame, other, tcpOfOther);
  if (end !== null && hasTimes && millisecondsBetween(frame, end.mark) <= REACTION_MS) {
    if (end.how === 'rst' || !mayAnswerClose(end.mark.packet)) {
      const { how, mark } = end;
      return {
        how,
        text: `; the ${other.role} ended the connection with ${how.toUpperCase()} ${since(frame, mark)} later (packet ${mark.packet})`,
        packet: mark.packet,
      };
    }
  }
  if (
    lastDataFrame !== null &&
    lastDataFrame.packet > frame.packet &&
    !mayAnswerClose(lastDataFrame.packet)
  ) {
    const { packet } = lastDataFrame;
    return {
      how: 'continued',
      text: `; the ${other.role} went on sending messages (packet ${packet})`,
      packet,
    };
  }
  return NO_REACTION;
}

/** The receiver's first RST or FIN; where the receiver sent a Close, its FIN belongs to that Close. */
function endAfter({ packet }: PacketMark, { closeFrame }: WebSocketSideFacts, { fin, rst }: TcpSideFacts) {
  const ends = [
    ...(fin === null || closeFrame !== null ? [] : [{ how: 'fin' as const, mark: fin }]),
    ...(rst === null ? [] : [{ how: 'rst' as const, mark: rst }]),
  ];
  return (
    ends.filter(({ mark }) => mark.packet > packet).toSorted((a, b) => a.mark.packet - b.mark.packet)[0] ??
    null
  );
}

function packetOf({ packet }: Reaction): number[] {
  return packet === null ? [] : [packet];
}
