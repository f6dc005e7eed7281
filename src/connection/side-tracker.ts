/** What one side of a WebSocket sends, as facts. HOT: `frame` runs once per frame. */
import { markOf } from '../tcp/packet-mark.ts';
import type { StreamReassembler } from '../tcp/stream-reassembler.ts';
import { isSendableCloseCode, parseClosePayload } from '../websocket/close-payload.ts';
import type { FrameParser } from '../websocket/frame-parser.ts';
import {
  isControlOpcode,
  isDataOpcode,
  MAX_CONTROL_PAYLOAD,
  OPCODE_CLOSE,
  OPCODE_CONTINUATION,
  opcodeName,
  type Frame,
  type OpcodeName,
} from '../websocket/frame.ts';
import type { MessageHandler, MessageOddity, MessageReader } from '../websocket/message-reader.ts';
import type { Message } from '../websocket/message.ts';
import type { PingFacts } from './heartbeat.ts';
import { IrregularityLog, placeOf, type FramePlace, type Irregularity } from './irregularity.ts';
import type { CloseFrame, Role, SideFacts } from './record.ts';

const RSV1 = 0x04;
/** From here on a length has the top bit of 64 set (RFC 6455 §5.2). */
const TOO_LARGE = 2 ** 63;

/** How this side's frames are to be read, once it is known to be a side of a WebSocket. */
export interface SideOpening {
  readonly role: Role;
  readonly reader: MessageReader;
  /** Reserved bits that an extension may have given a meaning; 7 where it isn't known what was agreed on. */
  readonly knownReservedBits: number;
  /** Frames that begin in this packet or an earlier one were sent before the upgrade; 0 for none. */
  readonly earlyUntilPacket: number;
  /** Told of every message, where somebody wants to see them. */
  readonly onMessage: ((message: Message) => void) | null;
}

export class SideTracker implements MessageHandler {
  /** By opcode. */
  readonly #counts = new Array<number>(16).fill(0);
  #frameCount = 0;
  #messages = 0;
  #payloadBytes = 0;
  #isMaskExpected = false;
  #opening: SideOpening | null = null;
  #first: FramePlace | null = null;
  #last: Frame | null = null;
  #lastData: Frame | null = null;
  #lastDataNumber = 0;
  #early: { count: number; first: FramePlace } | null = null;
  /** Made by the first irregularity: most sides have none. */
  #irregularities: IrregularityLog | null = null;
  #closeFrame: CloseFrame | null = null;
  #framesBeforePeerEnd: number | null = null;

  open(opening: SideOpening): void {
    this.#opening = opening;
    this.#isMaskExpected = opening.role === 'client';
  }

  frame(frame: Frame): void {
    const { opcode } = frame;
    this.#counts[opcode]!++;
    this.#frameCount++;
    this.#payloadBytes += frame.payloadLength;
    this.#last = frame;
    if (this.#first === null) this.#begin(frame);
    if (this.#early !== null) this.#countEarly(frame);
    if (frame.isMasked !== this.#isMaskExpected) this.#note('masking', frame);
    if (!frame.isShortestLength) this.#note('length-not-shortest', frame);
    if (frame.reservedBits !== 0) this.#checkReservedBits(frame);
    if (isDataOpcode(opcode)) {
      this.#lastData = frame;
      this.#lastDataNumber = this.#frameCount;
      if (frame.isFinal) this.#messages++;
      if (this.#closeFrame !== null) this.#note('data-after-close', frame);
      this.#opening?.reader.end(frame);
    } else {
      this.#checkControl(frame);
    }
  }

  /** A Close of this side; `isBeforePeerEnd` as in {@link CloseFrame}. Returns its code and reason. */
  close(frame: Frame, isBeforePeerEnd: boolean): CloseFrame {
    const { controlPayload } = frame;
    const { code, reason, isReasonUtf8 } = parseClosePayload(controlPayload ?? new Uint8Array(0));
    if (controlPayload?.length === 1) this.#note('close-payload-of-one-byte', frame);
    if (code !== null && !isSendableCloseCode(code)) this.#note('close-code-not-sendable', frame, code);
    // Of one that is too long only a part is kept, which may end inside a character.
    if (!isReasonUtf8 && frame.payloadLength <= MAX_CONTROL_PAYLOAD)
      this.#note('close-reason-not-utf8', frame);
    const close = { code, reason, mark: markOf(frame), isBeforePeerEnd };
    if (this.#closeFrame === null && (this.#opening?.reader.unfinished ?? null) !== null) {
      this.#note('close-inside-message', frame);
    }
    this.#closeFrame ??= close;
    return close;
  }

  /** Whether this side has sent a Close. */
  get hasClosed(): boolean {
    return this.#closeFrame !== null;
  }

  /** The other side's first FIN or RST was captured. */
  peerEnded(): void {
    this.#framesBeforePeerEnd ??= this.#frameCount;
  }

  // From the messages.

  oddity(kind: MessageOddity, frame: Frame, detail: string | number | null): void {
    this.#note(kind, frame, detail);
  }

  message(message: Message): void {
    this.#opening?.onMessage?.(message);
  }

  /** What was met so far. With the frame in which the stream ends, where that says of itself that it never will. */
  irregularities(parser: FrameParser | null): readonly Irregularity[] {
    const list = this.#irregularities?.list() ?? [];
    const unfinished = parser?.unfinished ?? null;
    if (unfinished === null) return list;
    const { opcode, payloadLength, firstPacket, seconds, nanoseconds } = unfinished;
    if (opcode === null || (payloadLength ?? 0) < TOO_LARGE) return list;
    const place = { packet: firstPacket, firstPacket, seconds, nanoseconds, opcode, reservedBits: 0 };
    const example = {
      ...place,
      payloadLength: payloadLength ?? 0,
      number: this.#frameCount + 1,
      detail: payloadLength,
    };
    return [...list, { kind: 'length-too-large', count: 1, examples: [example] }];
  }

  facts(role: Role, stream: StreamReassembler, parser: FrameParser | null, pings: PingFacts): SideFacts {
    const reader = this.#opening?.reader ?? null;
    reader?.close();
    const last = this.#last;
    const lastData = this.#lastData;
    return {
      role,
      frames: this.#countsByName(),
      frameCount: this.#frameCount,
      messages: this.#messages,
      payloadBytes: this.#payloadBytes,
      firstFrame: this.#first,
      lastFrame: last === null ? null : placeOf(last, this.#frameCount),
      lastDataFrame: lastData === null ? null : placeOf(lastData, this.#lastDataNumber),
      framesBeforeUpgrade: this.#early,
      irregularities: this.irregularities(parser),
      unfinishedMessage: reader?.unfinished ?? null,
      compressedMessages: reader?.compressedMessages ?? 0,
      notInflated: reader?.notInflated ?? null,
      pings,
      closeFrame: this.#closeFrame,
      framesBeforePeerEnd: this.#framesBeforePeerEnd ?? this.#frameCount,
      unfinished: parser?.unfinished ?? null,
      isFramingLost: parser?.isLost ?? false,
      streamBytes: stream.streamBytes,
      isCaptured: stream.isCaptured,
      segments: stream.segments,
      retransmissions: stream.retransmissions,
      outOfOrder: stream.outOfOrder,
      gapBytes: stream.gapBytes,
      cutBytes: stream.cutBytes,
      hasUnseenEnd: stream.unseenFrom >= 0,
      lastByte: stream.lastByte,
      syns: stream.syns,
      trouble: stream.trouble,
      syn: stream.syn,
      fin: stream.fin,
      rst: stream.rst,
    };
  }

  #begin(frame: Frame): void {
    this.#first = placeOf(frame, 1);
    const until = this.#opening?.earlyUntilPacket ?? 0;
    if (frame.firstPacket <= until) this.#early = { count: 0, first: this.#first };
  }

  #countEarly(frame: Frame): void {
    if (frame.firstPacket <= this.#opening!.earlyUntilPacket) this.#early!.count++;
  }

  #checkReservedBits(frame: Frame): void {
    const { opcode, reservedBits } = frame;
    const known = this.#opening?.knownReservedBits ?? 7;
    // RSV1 of permessage-deflate belongs on the first frame of a message (RFC 7692 §6), on no continuation or control.
    const allowed = known === RSV1 && (!isDataOpcode(opcode) || opcode === OPCODE_CONTINUATION) ? 0 : known;
    if ((reservedBits & ~allowed) !== 0) this.#note('reserved-bits', frame, reservedBits);
  }

  #checkControl(frame: Frame): void {
    const { opcode } = frame;
    if (!isControlOpcode(opcode)) {
      this.#note('reserved-opcode', frame, opcode);
      // What a reserved data opcode says is unknown; a reserved control opcode has the bounds of all (§5.5).
      if (opcode < OPCODE_CLOSE) return;
    }
    if (!frame.isFinal) this.#note('control-fragmented', frame);
    if (frame.payloadLength > MAX_CONTROL_PAYLOAD) this.#note('control-too-long', frame);
  }

  #note(kind: Irregularity['kind'], frame: Frame, detail: string | number | null = null): void {
    this.#irregularities ??= new IrregularityLog();
    this.#irregularities.add(kind, frame, this.#frameCount, detail);
  }

  #countsByName(): Record<OpcodeName, number> {
    const frames: Record<OpcodeName, number> = {
      text: 0,
      binary: 0,
      continuation: 0,
      close: 0,
      ping: 0,
      pong: 0,
      reserved: 0,
    };
    this.#counts.forEach((count, opcode) => (frames[opcodeName(opcode)] += count));
    return frames;
  }
}
