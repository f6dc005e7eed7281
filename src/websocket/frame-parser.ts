/**
 * One direction of a WebSocket: bytes in, frames out (RFC 6455 §5.2), across any segmentation. HOT: `push`
 * runs once per segment, its loop once per frame. Payloads are skipped, except those of control frames and
 * those that the {@link PayloadSink} asks for. The sink gets them as they are in the capture.
 *
 * At a violation the parser records it and goes on: an endpoint would fail the connection, but an analyzer
 * must not.
 */
import type { GapLength } from '../carrier/byte-stream.ts';
import type { Direction } from '../basics/direction.ts';
import type { ForeignBytes, ForeignWatch } from './foreign-bytes.ts';
import {
  controlPayload,
  FIN_BIT,
  headerLength,
  int32,
  isText,
  LENGTH_16,
  LENGTH_64,
  LENGTH_MASK,
  MASK_BIT,
} from './frame-bytes.ts';
import type {
  FrameBeginning,
  FrameHandler,
  FrameSpans,
  PayloadSink,
  PlainFrameListener,
  PlainFrames,
  UnfinishedFrame,
} from './frame-events.ts';
import {
  isControlOpcode,
  isDataOpcode,
  MAX_CONTROL_PAYLOAD,
  OPCODE_BINARY,
  OPCODE_TEXT,
  type Frame,
} from './frame.ts';

const MIN_HEADER = 2;
const MAX_HEADER = 14;
/** The first byte of a frame that is a whole message, without reserved bits. */
const WHOLE_TEXT = FIN_BIT | OPCODE_TEXT;
const WHOLE_BINARY = FIN_BIT | OPCODE_BINARY;
const TWO_TO_32 = 4294967296;

/**
 * The frame that handlers get is always the same object: one object for each frame was a third of all
 * garbage.
 */
const frame: { -readonly [Field in keyof Frame]: Frame[Field] } = {
  opcode: 0,
  isFinal: false,
  reservedBits: 0,
  isMasked: false,
  payloadLength: 0,
  isShortestLength: true,
  controlPayload: null,
  firstPacket: 0,
  packet: 0,
  seconds: 0,
  nanoseconds: 0,
};

export class FrameParser implements PlainFrames {
  // What every frame touches stands first (see StreamReassembler).
  /** A gap hid where the next frame begins: nothing more can be known about this direction. */
  isLost = false;
  #inPayload = false;
  /** Bytes so far of a header that spans segments. */
  #headerBytes = 0;
  /** Gets plain frames; null while each frame goes to the handler. */
  #plainTo: PlainFrameListener | null = null;
  #isMaskExpected = false;
  /** Bytes that may be no frames are held or being read, or may come now: only then a segment concerns the watch. */
  #isWatching = false;
  readonly #direction: Direction;
  texts = 0;
  binaries = 0;
  payloadBytes = 0;
  lastOpcode = 0;
  lastLength = 0;
  lastPacket = 0;
  lastSeconds = 0;
  lastNanoseconds = 0;

  readonly #sink: PayloadSink | null;
  readonly #handler: FrameHandler;
  /** null: nobody listens. Where somebody does, all frames are read like frames that span segments. */
  readonly #spans: FrameSpans | null;
  /** Tells bytes that are no frames; null: everything is a frame. */
  readonly #watch: ForeignWatch | null;
  /** The next byte is the first one behind the head. */
  #isAtStart = false;
  /** The next header has been examined: it is a frame's, in order or not. */
  #isVetted = false;

  // The state of a frame that spans segments.
  /** Its header, if the header spans segments; made by the first such header. */
  #header: Uint8Array | null = null;
  #opcode = 0;
  #firstByte = 0;
  #isMasked = false;
  #payloadLength = 0;
  /** Bytes of the payload so far, counted upwards: beside a length over 2^53 a difference would be rounded. */
  #received = 0;
  #firstPacket = 0;
  #firstSeconds = 0;
  #firstNanoseconds = 0;
  #isShortestLength = true;
  /** The sink wants the payload of the current frame. */
  #isWanted = false;
  /** Payload of the current control frame, unmasked; null for a data frame or after a gap in it. */
  #control: Uint8Array | null = null;
  /** The masking key of the current frame, big-endian. */
  #mask = 0;

  constructor(
    direction: Direction,
    handler: FrameHandler,
    sink: PayloadSink | null = null,
    spans: FrameSpans | null = null,
    watch: ForeignWatch | null = null,
  ) {
    this.#direction = direction;
    this.#handler = handler;
    this.#sink = sink;
    this.#spans = spans;
    this.#watch = watch;
    this.#isAtStart = watch?.isFromStart === true;
    this.#isWatching = this.#isAtStart;
  }

  /**
   * From now on plain frames are added up, and only `to` gets each of them, until a frame that isn't plain
   * comes, which goes to the handler again. A plain frame is a whole text or binary message in one segment,
   * masked as `isMasked` says, and in UTF-8 if it is a text. So most frames need not fetch the side's
   * counters from memory.
   */
  tallyPlain(to: PlainFrameListener, isMasked: boolean): void {
    this.#plainTo = to;
    this.#isMaskExpected = isMasked;
  }

  /** From now on each frame goes to the handler again. */
  tellEach(): void {
    this.settle();
    this.#plainTo = null;
  }

  /** Reports the sum so far, if there is one. */
  settle(): void {
    if (this.texts + this.binaries === 0) return;
    this.#handler.plainFrames(this.#direction, this);
    this.texts = 0;
    this.binaries = 0;
    this.payloadBytes = 0;
  }

  /** The frame in which the stream stands; null between frames. */
  get unfinished(): UnfinishedFrame | null {
    if (!this.#inPayload && this.#headerBytes === 0) return this.#unfinishedHeld();
    return {
      opcode: this.#inPayload ? this.#opcode : null,
      begun: this.#begun(),
      payloadLength: this.#inPayload ? this.#payloadLength : null,
      received: this.#inPayload ? this.#received : this.#headerBytes,
      firstPacket: this.#firstPacket,
      seconds: this.#firstSeconds,
      nanoseconds: this.#firstNanoseconds,
    };
  }

  #begun(): FrameBeginning | null {
    if (this.#inPayload) {
      const shortLength = Math.min(this.#payloadLength, LENGTH_64);
      return beginningOf(this.#firstByte, (this.#isMasked ? MASK_BIT : 0) | shortLength);
    }
    return this.#headerBytes < MIN_HEADER ? null : beginningOf(this.#header![0]!, this.#header![1]!);
  }

  /** Held bytes that no more bytes follow begin a frame, unless they are line ends behind the head. */
  #unfinishedHeld(): UnfinishedFrame | null {
    const watch = this.#watch;
    const first = watch?.held[0];
    if (watch === null || first === undefined || watch.isHoldingStray) return null;
    const bytes = Uint8Array.from(watch.held.flatMap((piece) => [...piece.bytes]));
    const length = headerLength(bytes, 0, bytes.length);
    const isWhole = bytes.length >= MIN_HEADER && length <= bytes.length;
    const short = (bytes[1] ?? 0) & LENGTH_MASK;
    return {
      opcode: isWhole ? bytes[0]! & 0x0f : null,
      begun: bytes.length < MIN_HEADER ? null : beginningOf(bytes[0]!, bytes[1]!),
      payloadLength: isWhole && short < LENGTH_16 ? short : null,
      received: isWhole ? bytes.length - length : bytes.length,
      firstPacket: first.packet,
      seconds: first.seconds,
      nanoseconds: first.nanoseconds,
    };
  }

  /** The first bytes of the direction that are no frames; null where there are none. */
  get foreign(): ForeignBytes | null {
    return this.#watch?.found ?? null;
  }

  /** Nothing more will come: the listener of spans gets what is held. */
  end(): void {
    const watch = this.#watch;
    if (watch?.isHolding !== true) return;
    const isStray = watch.isHoldingStray;
    const pieces = watch.release();
    if (isStray) {
      pieces.forEach(({ bytes }, index) =>
        this.#spans?.foreign('stray', bytes, 0, bytes.length, index === 0),
      );
      return;
    }
    this.#isVetted = true;
    for (const { bytes, packet, seconds, nanoseconds } of pieces) {
      this.#pushPieces(bytes, 0, bytes.length, packet, seconds, nanoseconds);
    }
    // A frame may end inside what was held: what is behind it is held again, each time fewer bytes.
    this.end();
  }

  /** Takes the next bytes. The view is not kept. */
  push(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    if (this.isLost) {
      this.#spans?.unread(bytes, start, end);
      return;
    }
    let at = start;
    const watch = this.#watch;
    if (this.#isWatching && watch !== null) {
      if (watch.isHolding) {
        this.#pushHeld(watch, bytes, start, end, packet, seconds, nanoseconds);
        return;
      }
      if (watch.isReading) at = this.#pushForeign(watch, bytes, start, end, true);
      if (this.#isAtStart && start < end && !watch.isSuspectAtStart(bytes[start]!)) this.#isAtStart = false;
      this.#isWatching = this.#isAtStart || watch.isReading;
    }
    if (!this.#inPayload && this.#headerBytes === 0 && this.#spans === null && !this.#isAtStart) {
      at = this.#pushWhole(bytes, at, end, packet, seconds, nanoseconds);
    }
    if (at < end) this.#pushPieces(bytes, at, end, packet, seconds, nanoseconds);
  }

  /** Bytes come while others wait for the decision what they are. */
  #pushHeld(
    watch: ForeignWatch,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const decision = watch.decideHeld(bytes, start, end);
    if (decision === 'open') {
      this.#isWatching = true;
      watch.hold({ bytes: new Uint8Array(bytes.subarray(start, end)), packet, seconds, nanoseconds }, false);
      return;
    }
    const pieces = watch.release();
    if (decision === 'frame') this.#isVetted = true;
    else {
      this.#isWatching = true;
      watch.begin(decision, pieces[0]!);
    }
    for (const piece of pieces) {
      let at = 0;
      if (watch.isReading) at = this.#pushForeign(watch, piece.bytes, 0, piece.bytes.length, false);
      if (at < piece.bytes.length) {
        this.#pushPieces(piece.bytes, at, piece.bytes.length, piece.packet, piece.seconds, piece.nanoseconds);
      }
    }
    // At most a few bytes of what was held can be held again: each time fewer.
    this.push(bytes, start, end, packet, seconds, nanoseconds);
  }

  /** Bytes that are no frames; returns the index after them. */
  #pushForeign(
    watch: ForeignWatch,
    bytes: Uint8Array,
    start: number,
    end: number,
    isSegmentStart: boolean,
  ): number {
    const { kind, hasJustBegun } = watch;
    const next = watch.take(bytes, start, end, isSegmentStart);
    if (next > start) this.#spans?.foreign(kind, bytes, start, next, hasJustBegun);
    return next;
  }

  /**
   * A frame may begin here. Returns the index from which on frames are read: `end` where the bytes are held.
   */
  #examine(
    watch: ForeignWatch,
    bytes: Uint8Array,
    at: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): number {
    const isAtStart = this.#isAtStart;
    this.#isAtStart = false;
    if (isAtStart ? !watch.isSuspectAtStart(bytes[at]!) : !watch.isSuspect(bytes[at]!)) return at;
    const decision = watch.decide(bytes, at, end, isAtStart);
    if (decision === 'frame') {
      this.#isVetted = true;
      return at;
    }
    if (decision === 'open') {
      this.#isWatching = true;
      watch.hold({ bytes: new Uint8Array(bytes.subarray(at, end)), packet, seconds, nanoseconds }, isAtStart);
      return end;
    }
    this.#isWatching = true;
    watch.begin(decision, { packet, seconds, nanoseconds });
    return this.#pushForeign(watch, bytes, at, end, false);
  }

  /**
   * The common case: frames that are whole in this segment, of which nothing has to be remembered. Returns
   * the index of the first frame that is not whole, or has a 64-bit length (such a frame is rarely whole).
   */
  #pushWhole(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): number {
    let at = start;
    while (end - at >= MIN_HEADER) {
      const first = bytes[at]!;
      const second = bytes[at + 1]!;
      const isMasked = (second & MASK_BIT) !== 0;
      let length = second & LENGTH_MASK;
      let isShortestLength = true;
      let payloadAt = at + (isMasked ? 6 : 2);
      if (length >= LENGTH_16) {
        payloadAt += 2;
        if (length === LENGTH_64 || payloadAt > end) break;
        length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
        isShortestLength = length >= LENGTH_16;
      }
      const payloadEnd = payloadAt + length;
      if (payloadEnd > end) break;
      const mask = isMasked ? int32(bytes, payloadAt - 4) : 0;
      const plainTo = this.#plainTo;
      if (
        plainTo !== null &&
        isMasked === this.#isMaskExpected &&
        isShortestLength &&
        (first === WHOLE_BINARY || (first === WHOLE_TEXT && isText(bytes, payloadAt, payloadEnd, mask)))
      ) {
        if (first === WHOLE_TEXT) this.texts++;
        else this.binaries++;
        this.payloadBytes += length;
        this.lastOpcode = first & 0x0f;
        this.lastLength = length;
        this.lastPacket = packet;
        this.lastSeconds = seconds;
        this.lastNanoseconds = nanoseconds;
        plainTo.addFrame(this.#direction, packet, seconds, nanoseconds, first & 0x0f, length);
        at = payloadEnd;
        continue;
      }
      if (this.#watch?.isSuspect(first) === true) break;
      const opcode = first & 0x0f;
      const isFinal = (first & FIN_BIT) !== 0;
      const reservedBits = (first >> 4) & 0x07;
      frame.controlPayload = null;
      if (isDataOpcode(opcode)) {
        const sink = this.#sink;
        if (sink?.begin(opcode, isFinal, reservedBits, length) === true && length > 0) {
          sink.payload(bytes, payloadAt, payloadEnd, mask, 0);
        }
      } else if (isControlOpcode(opcode)) {
        frame.controlPayload = controlPayload(bytes, payloadAt, payloadEnd, mask);
      }
      frame.opcode = opcode;
      frame.isFinal = isFinal;
      frame.reservedBits = reservedBits;
      frame.isMasked = isMasked;
      frame.payloadLength = length;
      frame.isShortestLength = isShortestLength;
      frame.firstPacket = packet;
      frame.packet = packet;
      frame.seconds = seconds;
      frame.nanoseconds = nanoseconds;
      this.#tell();
      at = payloadEnd;
    }
    return at;
  }

  #pushPieces(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    let at = start;
    while (at < end) {
      if (!this.#inPayload) {
        if (this.#headerBytes === 0) {
          if (this.#watch !== null && !this.#isVetted) {
            const next = this.#examine(this.#watch, bytes, at, end, packet, seconds, nanoseconds);
            if (next !== at) {
              at = next;
              continue;
            }
          }
          this.#isVetted = false;
          this.#firstPacket = packet;
          this.#firstSeconds = seconds;
          this.#firstNanoseconds = nanoseconds;
        }
        at = this.#readHeader(bytes, at, end);
        if (this.#headerBytes > 0) return;
      }
      const taken = Math.min(this.#payloadLength - this.#received, end - at);
      if (taken > 0) this.#spans?.payload(bytes, at, at + taken, this.#received);
      if (this.#control !== null) this.#keepControl(bytes, at, at + taken);
      else if (this.#isWanted && taken > 0) {
        this.#sink!.payload(bytes, at, at + taken, this.#mask, this.#received);
      }
      at += taken;
      this.#received += taken;
      if (this.#received < this.#payloadLength) return;
      this.#finish(packet, seconds, nanoseconds);
      // Small frames may follow the end of a large one.
      if (this.#spans === null) at = this.#pushWhole(bytes, at, end, packet, seconds, nanoseconds);
    }
  }

  /** Bytes are missing here. Inside a payload of known length the framing survives. */
  gap(length: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    const isInPayload =
      this.#inPayload && length !== 'unknown' && length <= this.#payloadLength - this.#received;
    if (!this.isLost && !isInPayload) this.#lose();
    this.#spans?.missing(length);
    if (this.isLost || !isInPayload) return;
    this.#control = null;
    if (isDataOpcode(this.#opcode)) this.#sink?.payloadGap();
    this.#received += length;
    if (this.#received === this.#payloadLength) this.#finish(packet, seconds, nanoseconds);
  }

  #lose(): void {
    this.isLost = true;
    for (const { bytes } of this.#watch?.release() ?? []) this.#spans?.unread(bytes, 0, bytes.length);
    if (this.#headerBytes > 0) this.#spans?.unread(this.#header!, 0, this.#headerBytes);
  }

  /** Reads a header, or as much of it as there is (then `#headerBytes` says how much). Returns the index after it. */
  #readHeader(bytes: Uint8Array, start: number, end: number): number {
    if (this.#headerBytes === 0) {
      const length = headerLength(bytes, start, end);
      if (length <= end - start) {
        this.#parseHeader(bytes, start, length);
        return start + length;
      }
    }
    const header = (this.#header ??= new Uint8Array(MAX_HEADER));
    let at = start;
    while (at < end) {
      header[this.#headerBytes++] = bytes[at++]!;
      if (headerLength(header, 0, this.#headerBytes) === this.#headerBytes) {
        this.#parseHeader(header, 0, this.#headerBytes);
        this.#headerBytes = 0;
        break;
      }
    }
    return at;
  }

  #parseHeader(bytes: Uint8Array, at: number, length: number): void {
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    const shortLength = second & LENGTH_MASK;
    this.#firstByte = first;
    this.#opcode = first & 0x0f;
    this.#isMasked = (second & MASK_BIT) !== 0;
    this.#isShortestLength = true;
    if (shortLength < LENGTH_16) this.#payloadLength = shortLength;
    else if (shortLength === LENGTH_16) {
      this.#payloadLength = (bytes[at + 2]! << 8) | bytes[at + 3]!;
      this.#isShortestLength = this.#payloadLength >= LENGTH_16;
    } else {
      this.#payloadLength = (int32(bytes, at + 2) >>> 0) * TWO_TO_32 + (int32(bytes, at + 6) >>> 0);
      this.#isShortestLength = this.#payloadLength > 0xffff;
    }
    this.#received = 0;
    this.#inPayload = true;

    this.#control = null;
    this.#isWanted = false;
    if (isDataOpcode(this.#opcode)) {
      const isFinal = (first & FIN_BIT) !== 0;
      const reservedBits = (first >> 4) & 0x07;
      if (this.#sink !== null) {
        this.#isWanted = this.#sink.begin(this.#opcode, isFinal, reservedBits, this.#payloadLength);
      }
    } else if (isControlOpcode(this.#opcode)) {
      this.#control = new Uint8Array(Math.min(this.#payloadLength, MAX_CONTROL_PAYLOAD));
    }
    this.#mask = this.#isMasked ? int32(bytes, at + length - 4) : 0;
    this.#spans?.header(bytes, at, at + length, {
      opcode: this.#opcode,
      isFinal: (first & FIN_BIT) !== 0,
      payloadLength: this.#payloadLength,
      isMasked: this.#isMasked,
      mask: this.#mask,
    });
  }

  #keepControl(bytes: Uint8Array, start: number, end: number): void {
    const control = this.#control!;
    let index = this.#received;
    for (let at = start; at < end && index < control.length; at++, index++) {
      control[index] = this.#isMasked ? bytes[at]! ^ (this.#mask >>> (24 - 8 * (index & 3))) : bytes[at]!;
    }
  }

  #finish(packet: number, seconds: number, nanoseconds: number): void {
    this.#inPayload = false;
    const first = this.#firstByte;
    frame.opcode = this.#opcode;
    frame.isFinal = (first & FIN_BIT) !== 0;
    frame.reservedBits = (first >> 4) & 0x07;
    frame.isMasked = this.#isMasked;
    frame.payloadLength = this.#payloadLength;
    frame.isShortestLength = this.#isShortestLength;
    frame.controlPayload = this.#control;
    frame.firstPacket = this.#firstPacket;
    frame.packet = packet;
    frame.seconds = seconds;
    frame.nanoseconds = nanoseconds;
    this.#control = null;
    this.#tell();
  }

  #tell(): void {
    this.settle();
    this.#plainTo = null;
    this.#handler.frame(this.#direction, frame);
  }
}

function beginningOf(first: number, second: number): FrameBeginning {
  return {
    opcode: first & 0x0f,
    isFinal: (first & FIN_BIT) !== 0,
    reservedBits: (first >> 4) & 0x07,
    isMasked: (second & MASK_BIT) !== 0,
    shortLength: second & LENGTH_MASK,
  };
}
