/** Collects what one side of a WebSocket sends, as facts. HOT: `frame` runs once per frame. */
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import { isSendableCloseCode, parseClosePayload } from '../websocket/close-payload.ts';
import type { FrameParser } from '../websocket/frame-parser.ts';
import type { FrameBeginning, PlainFrames } from '../websocket/frame-events.ts';
import {
  isControlOpcode,
  isDataOpcode,
  MAX_CONTROL_PAYLOAD,
  OPCODE_BINARY,
  OPCODE_CLOSE,
  OPCODE_CONTINUATION,
  OPCODE_PING,
  OPCODE_PONG,
  OPCODE_TEXT,
  type Frame,
  type OpcodeName,
} from '../websocket/frame.ts';
import type { MessageHandler, MessageOddity, MessageReader } from '../websocket/message-reader.ts';
import type { Message } from '../websocket/message.ts';
import type { PingFacts } from './heartbeat.ts';
import {
  IrregularityLog,
  placeOf,
  setPlace,
  withOneMore,
  type FramePlace,
  type Irregularity,
} from './irregularity.ts';
import type { MessageTaker } from './message-taker.ts';
import type { CloseFrame, Role, WebSocketSideFacts } from './record.ts';

const RSV1 = 0x04;
/** From this length on, the top bit of the 64 is set (RFC 6455 §5.2). */
const TOO_LARGE = 2 ** 63;

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** How to read this side's frames, once it is known to be a side of a WebSocket. */
export interface SideOpening {
  readonly role: Role;
  readonly reader: MessageReader;
  /** Reserved bits that an extension may have given a meaning; 7 where it isn't known what was agreed on. */
  readonly knownReservedBits: number;
  /** Frames that begin in this packet or an earlier one were sent before the upgrade; 0 for none. */
  readonly earlyUntilPacket: number;
  /** The first bytes are those behind the head of the handshake. */
  readonly isFromStart: boolean;
  /** Gets every message, where somebody wants messages. */
  readonly messages: Pick<MessageTaker, 'take'> | null;
}

export class SideTracker implements MessageHandler {
  // What every frame touches stands first (see StreamReassembler).
  #frameCount = 0;
  #messages = 0;
  #payloadBytes = 0;
  /** Frames by opcode. */
  #texts = 0;
  #binaries = 0;
  /** Overwritten by each data frame. */
  #lastData: Writable<FramePlace> | null = null;
  #reader: MessageReader | null = null;
  /** The side's role must mask (RFC 6455 §5.1). */
  isMaskExpected = false;
  #first: FramePlace | null = null;
  #early: { count: number; first: FramePlace } | null = null;
  #closeFrame: CloseFrame | null = null;

  #lastOther: Writable<FramePlace> | null = null;
  #continuations = 0;
  #closes = 0;
  #pings = 0;
  #pongs = 0;
  #reserved = 0;
  #opening: SideOpening | null = null;
  /** Made by the first irregularity: most sides have none. */
  #irregularities: IrregularityLog | null = null;
  #framesBeforePeerEnd: number | null = null;
  #lastDataBeforePeerEnd: FramePlace | null = null;

  open(opening: SideOpening): void {
    this.#opening = opening;
    this.#reader = opening.reader;
    this.isMaskExpected = opening.role === 'client';
  }

  frame(frame: Frame): void {
    const { opcode } = frame;
    this.#count(opcode);
    this.#frameCount++;
    this.#payloadBytes += frame.payloadLength;
    if (this.#first === null) this.#begin(frame);
    if (this.#early !== null) this.#countEarly(frame);
    if (frame.isMasked !== this.isMaskExpected) this.#note('masking', frame);
    if (!frame.isShortestLength) this.#note('length-not-shortest', frame);
    if (frame.reservedBits !== 0) this.#checkReservedBits(frame);
    if (isDataOpcode(opcode)) {
      if (this.#lastData === null) this.#lastData = placeOf(frame, this.#frameCount);
      else setPlace(this.#lastData, frame, this.#frameCount);
      if (frame.isFinal) this.#messages++;
      if (this.#closeFrame !== null) this.#note('data-after-close', frame);
      this.#reader?.end(frame);
    } else {
      if (this.#lastOther === null) this.#lastOther = placeOf(frame, this.#frameCount);
      else setPlace(this.#lastOther, frame, this.#frameCount);
      this.#checkControl(frame);
    }
  }

  /** If the next frame is plain, there is nothing to note about it. */
  get isSteady(): boolean {
    return (
      this.#lastData !== null &&
      this.#early === null &&
      this.#closeFrame === null &&
      this.#reader?.isSteady === true
    );
  }

  /** Frames that were added up while {@link isSteady}. */
  plainFrames(sum: PlainFrames): void {
    const { texts, binaries, payloadBytes, lastPacket } = sum;
    this.#texts += texts;
    this.#binaries += binaries;
    this.#frameCount += texts + binaries;
    this.#messages += texts + binaries;
    this.#payloadBytes += payloadBytes;
    this.#lastData = {
      packet: lastPacket,
      seconds: sum.lastSeconds,
      nanoseconds: sum.lastNanoseconds,
      firstPacket: lastPacket,
      opcode: sum.lastOpcode,
      reservedBits: 0,
      payloadLength: sum.lastLength,
      number: this.#frameCount,
    };
  }

  /** A Close of this side; what comes with it as in {@link CloseFrame}. Returns its code and reason. */
  close(frame: Frame, isBeforePeerEnd: boolean, acknowledgesData: boolean): CloseFrame {
    const { controlPayload } = frame;
    const { code, reason, isReasonUtf8 } = parseClosePayload(controlPayload ?? new Uint8Array(0));
    if (controlPayload?.length === 1) this.#note('close-payload-of-one-byte', frame);
    if (code !== null && !isSendableCloseCode(code)) this.#note('close-code-not-sendable', frame, code);
    // Only a part of a reason that is too long is kept, and it may end inside a character.
    if (!isReasonUtf8 && frame.payloadLength <= MAX_CONTROL_PAYLOAD)
      this.#note('close-reason-not-utf8', frame);
    const close = {
      code,
      isCodeMissing: controlPayload === null && frame.payloadLength >= 2,
      reason,
      mark: markOf(frame),
      isBeforePeerEnd,
      isUnseenByPeerEnd: false,
      acknowledgesData,
    };
    if (this.#closeFrame === null && (this.#reader?.unfinished ?? null) !== null) {
      this.#note('close-inside-message', frame);
    }
    this.#closeFrame ??= close;
    return close;
  }

  /** Whether this side has sent a Close. */
  get hasClosed(): boolean {
    return this.#closeFrame !== null;
  }

  /** The packet that completes this side's last frame; null before the first. The parser must have been settled. */
  get lastFrame(): PacketMark | null {
    const [data, other] = [this.#lastData, this.#lastOther];
    return (data?.number ?? 0) > (other?.number ?? 0) ? data : other;
  }

  /** The packet of this side's first Close; null before it. */
  get closedIn(): number | null {
    return this.#closeFrame?.mark.packet ?? null;
  }

  /** The other side's first FIN or RST was captured. */
  peerEnded(): void {
    if (this.#framesBeforePeerEnd !== null) return;
    this.#framesBeforePeerEnd = this.#frameCount;
    this.#lastDataBeforePeerEnd = copied(this.#lastData);
  }

  // From the messages.

  oddity(kind: MessageOddity, frame: Frame, detail: string | number | null): void {
    this.#note(kind, frame, detail);
  }

  message(message: Message): void {
    const opening = this.#opening;
    opening?.messages?.take(opening.role, message);
  }

  /**
   * The irregularities so far, including those of the frame that is not complete: a receiver fails at its header.
   */
  irregularities(parser: FrameParser | null): readonly Irregularity[] {
    const list = this.#irregularities?.list() ?? [];
    const unfinished = parser?.unfinished ?? null;
    if (unfinished === null) return list;
    const { begun, payloadLength, firstPacket, seconds, nanoseconds } = unfinished;
    if (begun === null || isFiller(begun)) return list;
    const { opcode, reservedBits } = begun;
    const place: FramePlace = {
      packet: firstPacket,
      firstPacket,
      seconds,
      nanoseconds,
      opcode,
      reservedBits,
      payloadLength: payloadLength ?? begun.shortLength,
      number: this.#frameCount + 1,
    };
    return this.#oddHeader(begun, payloadLength).reduce<readonly Irregularity[]>(
      (all, [kind, detail]) => withOneMore(all, kind, { ...place, detail }),
      list,
    );
  }

  /** What a header has that is not allowed. */
  #oddHeader(
    begun: FrameBeginning,
    payloadLength: number | null,
  ): readonly (readonly [Irregularity['kind'], string | number | null])[] {
    const { opcode, isFinal, isMasked, shortLength } = begun;
    const odd: [Irregularity['kind'], string | number | null][] = [];
    if (isMasked !== this.isMaskExpected) odd.push(['masking', null]);
    if (this.#hasReservedBits(begun)) odd.push(['reserved-bits', begun.reservedBits]);
    if (!isDataOpcode(opcode) && !isControlOpcode(opcode)) odd.push(['reserved-opcode', opcode]);
    if (opcode >= OPCODE_CLOSE) {
      if (!isFinal) odd.push(['control-fragmented', null]);
      if (shortLength > MAX_CONTROL_PAYLOAD) odd.push(['control-too-long', null]);
    }
    if ((payloadLength ?? 0) >= TOO_LARGE) odd.push(['length-too-large', payloadLength]);
    return odd;
  }

  /** Nothing more will come: gives back what inflating holds. */
  end(): void {
    this.#reader?.close();
  }

  /**
   * The facts so far; what comes later does not change the returned object.
   *
   * @param isCloseUnseen as {@link CloseFrame.isUnseenByPeerEnd}
   */
  facts(role: Role, parser: FrameParser | null, pings: PingFacts, isCloseUnseen = false): WebSocketSideFacts {
    const reader = this.#reader;
    const lastData = this.#lastData;
    const lastOther = this.#lastOther;
    return {
      role,
      frames: this.#countsByName(),
      frameCount: this.#frameCount,
      messages: this.#messages,
      payloadBytes: this.#payloadBytes,
      firstFrame: this.#first,
      lastFrame: copied((lastData?.number ?? 0) > (lastOther?.number ?? 0) ? lastData : lastOther),
      lastDataFrame: copied(lastData),
      lastDataBeforePeerEnd:
        this.#framesBeforePeerEnd === null ? copied(lastData) : this.#lastDataBeforePeerEnd,
      framesBeforeUpgrade: copied(this.#early),
      irregularities: this.irregularities(parser),
      unfinishedMessage: reader?.unfinished ?? null,
      compressedMessages: reader?.compressedMessages ?? 0,
      notInflated: copied(reader?.notInflated ?? null),
      pings,
      closeFrame:
        this.#closeFrame === null ? null : { ...this.#closeFrame, isUnseenByPeerEnd: isCloseUnseen },
      framesBeforePeerEnd: this.#framesBeforePeerEnd ?? this.#frameCount,
      foreign: parser?.foreign ?? null,
      unfinished: parser?.unfinished ?? null,
      isFramingLost: parser?.isLost ?? false,
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
    if (this.#hasReservedBits(frame)) this.#note('reserved-bits', frame, frame.reservedBits);
  }

  /** A reserved bit is set that nothing gives a meaning. */
  #hasReservedBits({ opcode, reservedBits }: Pick<Frame, 'opcode' | 'reservedBits'>): boolean {
    const known = this.#opening?.knownReservedBits ?? 7;
    // RSV1 of permessage-deflate belongs on the first frame of a message (RFC 7692 §6), not on a continuation
    // or control frame.
    const allowed = known === RSV1 && (!isDataOpcode(opcode) || opcode === OPCODE_CONTINUATION) ? 0 : known;
    return (reservedBits & ~allowed) !== 0;
  }

  #checkControl(frame: Frame): void {
    const { opcode } = frame;
    if (!isControlOpcode(opcode)) {
      this.#note('reserved-opcode', frame, opcode);
      // What a reserved data opcode means is unknown; a reserved control opcode has the bounds of all control
      // frames (§5.5).
      if (opcode < OPCODE_CLOSE) return;
    }
    if (!frame.isFinal) this.#note('control-fragmented', frame);
    if (frame.payloadLength > MAX_CONTROL_PAYLOAD) this.#note('control-too-long', frame);
  }

  #note(kind: Irregularity['kind'], frame: Frame, detail: string | number | null = null): void {
    this.#irregularities ??= new IrregularityLog();
    this.#irregularities.add(kind, frame, this.#frameCount, detail);
  }

  #count(opcode: number): void {
    switch (opcode) {
      case OPCODE_TEXT:
        this.#texts++;
        break;
      case OPCODE_BINARY:
        this.#binaries++;
        break;
      case OPCODE_CONTINUATION:
        this.#continuations++;
        break;
      case OPCODE_CLOSE:
        this.#closes++;
        break;
      case OPCODE_PING:
        this.#pings++;
        break;
      case OPCODE_PONG:
        this.#pongs++;
        break;
      default:
        this.#reserved++;
    }
  }

  #countsByName(): Record<OpcodeName, number> {
    return {
      text: this.#texts,
      binary: this.#binaries,
      continuation: this.#continuations,
      close: this.#closes,
      ping: this.#pings,
      pong: this.#pongs,
      reserved: this.#reserved,
    };
  }
}

/** A copy of facts that will still be overwritten in place. */
function copied<T extends object>(facts: T | null): T | null {
  return facts === null ? null : { ...facts };
}

/** FF FF: what an extract writes in the place of bytes that could not be followed. It says nothing about them. */
function isFiller({ opcode, reservedBits, isFinal, isMasked, shortLength }: FrameBeginning): boolean {
  return opcode === 0xf && reservedBits === 7 && isFinal && isMasked && shortLength === 0x7f;
}
