/**
 * What a side's frames have that RFC 6455 or 7692 does not allow. These are facts with a place in the
 * capture; rules say what they mean for the connection. They are recorded only where they are certain,
 * whatever the capture lacks.
 */
import type { Frame } from '../websocket/frame.ts';

export type IrregularityKind =
  /** A frame of the client without a mask, or one of the server with it (RFC 6455 §5.1). */
  | 'masking'
  /** A reserved bit that no negotiated extension gives a meaning to (§5.2). */
  | 'reserved-bits'
  /** 0x3-0x7, 0xB-0xF (§5.2). */
  | 'reserved-opcode'
  /** A control frame without FIN (§5.4), or of more than 125 bytes (§5.5). */
  | 'control-fragmented'
  | 'control-too-long'
  /** A continuation with nothing to continue; a new data frame inside a fragmented message (§5.4). */
  | 'continuation-without-start'
  | 'message-inside-message'
  /** Not in its shortest form; with the top bit of 64 set (§5.2). */
  | 'length-not-shortest'
  | 'length-too-large'
  /** A whole text message, or the reason of a Close, that is not UTF-8 (§8.1, §5.5.1). */
  | 'text-not-utf8'
  | 'close-reason-not-utf8'
  /** A Close payload of one byte; a code that may not be sent (§5.5.1, §7.4). */
  | 'close-payload-of-one-byte'
  | 'close-code-not-sendable'
  /** A compressed message that does not inflate (RFC 7692 §7.2.2), or that goes on past our bound. */
  | 'inflate-failed'
  | 'inflate-too-long'
  /** A data frame after this side's Close (RFC 6455 §5.5.1). */
  | 'data-after-close'
  /** A Close inside this side's own fragmented message. */
  | 'close-inside-message';

/** One frame of a side, and where it was captured. */
export interface FramePlace {
  /** The packet that completes the frame. */
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** The packet that holds the first byte of its header. */
  readonly firstPacket: number;
  readonly opcode: number;
  readonly reservedBits: number;
  readonly payloadLength: number;
  /** The side's first frame is 1. */
  readonly number: number;
}

export interface IrregularFrame extends FramePlace {
  /** What the kind needs: a close code, bytes inflated, an error of zlib; else null. */
  readonly detail: string | number | null;
}

export interface Irregularity {
  readonly kind: IrregularityKind;
  readonly count: number;
  /** The first ones. */
  readonly examples: readonly IrregularFrame[];
}

/**
 * The most frames kept as examples of one kind; later ones are only counted.
 * @bound examples kept of one irregularity: {count}
 */
const MAX_EXAMPLES = 3;

export function placeOf(frame: Frame, number: number): FramePlace {
  const { packet, seconds, nanoseconds, firstPacket, opcode, reservedBits, payloadLength } = frame;
  return { packet, seconds, nanoseconds, firstPacket, opcode, reservedBits, payloadLength, number };
}

/**
 * Overwrites a place with that of another frame. HOT: once per frame, and only the last frames are
 * remembered.
 */
export function setPlace(
  place: { -readonly [Field in keyof FramePlace]: FramePlace[Field] },
  frame: Frame,
  number: number,
): void {
  place.packet = frame.packet;
  place.seconds = frame.seconds;
  place.nanoseconds = frame.nanoseconds;
  place.firstPacket = frame.firstPacket;
  place.opcode = frame.opcode;
  place.reservedBits = frame.reservedBits;
  place.payloadLength = frame.payloadLength;
  place.number = number;
}

/** The same irregularities, and one more frame, which comes after all others. */
export function withOneMore(
  list: readonly Irregularity[],
  kind: IrregularityKind,
  frame: IrregularFrame,
): readonly Irregularity[] {
  const known = list.find((each) => each.kind === kind);
  if (known === undefined) return [...list, { kind, count: 1, examples: [frame] }];
  const examples = known.examples.length < MAX_EXAMPLES ? [...known.examples, frame] : known.examples;
  return list.map((each) => (each === known ? { kind, count: known.count + 1, examples } : each));
}

/** The irregularities of one side. */
export class IrregularityLog {
  readonly #byKind = new Map<IrregularityKind, { count: number; examples: IrregularFrame[] }>();

  add(kind: IrregularityKind, frame: Frame, number: number, detail: string | number | null = null): void {
    let entry = this.#byKind.get(kind);
    if (entry === undefined) {
      entry = { count: 0, examples: [] };
      this.#byKind.set(kind, entry);
    }
    entry.count++;
    if (entry.examples.length < MAX_EXAMPLES) entry.examples.push({ ...placeOf(frame, number), detail });
  }

  list(): Irregularity[] {
    return [...this.#byKind].map(([kind, { count, examples }]) => ({ kind, count, examples: [...examples] }));
  }
}
