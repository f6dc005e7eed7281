/**
 * One direction of a WebSocket: bytes in, frames out (RFC 6455 §5.2), across any segmentation. HOT: `push` runs once
 * per segment, its loop once per frame. Payloads are skipped, but for those of control frames and those that the
 * {@link PayloadSink} asks for, which it gets as they stand in the capture.
 *
 * Records and goes on: an endpoint would fail the connection at a violation, an analyzer must not.
 */
import type { Direction } from '../direction.ts';
import { isControlOpcode, isDataOpcode, MAX_CONTROL_PAYLOAD, type Frame } from './frame.ts';

export interface FrameHandler {
  /** A frame is complete. */
  frame(direction: Direction, frame: Frame): void;
}

/** Takes the payload of data frames, between the header and {@link FrameHandler.frame}. */
export interface PayloadSink {
  /** A data frame begins. Returns whether its payload is wanted. */
  begin(opcode: number, isFinal: boolean, reservedBits: number, payloadLength: number): boolean;
  /**
   * The next bytes of a wanted payload, still masked. `mask` is the key, big-endian, 0 for none; `index` that of
   * the first byte within the payload. The view is valid until the call returns, and must not be written to.
   */
  payload(bytes: Uint8Array, start: number, end: number, mask: number, index: number): void;
  /** Bytes of a payload, wanted or not, are missing. */
  payloadGap(): void;
}

/** A frame that has begun and not ended. */
export interface UnfinishedFrame {
  /** null while the header itself is incomplete. */
  readonly opcode: number | null;
  readonly payloadLength: number | null;
  /** Payload bytes seen so far (header bytes where that is incomplete). */
  readonly received: number;
  /** The packet that holds the header's first byte. */
  readonly firstPacket: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

const MAX_HEADER = 14;
const FIN_BIT = 0x80;
const MASK_BIT = 0x80;
const LENGTH_MASK = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const TWO_TO_32 = 4294967296;

export class FrameParser {
  readonly #direction: Direction;
  readonly #handler: FrameHandler;
  readonly #sink: PayloadSink | null;
  /** A header that spans segments; made by the first that does. */
  #header: Uint8Array | null = null;
  #headerBytes = 0;

  #inPayload = false;
  #opcode = 0;
  #firstByte = 0;
  #isMasked = false;
  #payloadLength = 0;
  #remaining = 0;
  #firstPacket = 0;
  #firstSeconds = 0;
  #firstNanoseconds = 0;
  #isShortestLength = true;
  /** The sink wants the payload of the current frame. */
  #isWanted = false;
  /** Payload of the current control frame, unmasked; null for a data frame or after a gap in it. */
  #control: Uint8Array | null = null;
  /** The masking key, big-endian, of a frame whose payload is looked at. */
  #mask = 0;

  /** A gap hid where the next frame begins: nothing can be said about this direction any more. */
  isLost = false;

  constructor(direction: Direction, handler: FrameHandler, sink: PayloadSink | null = null) {
    this.#direction = direction;
    this.#handler = handler;
    this.#sink = sink;
  }

  /** The frame in which the stream stands; null between frames. */
  get unfinished(): UnfinishedFrame | null {
    if (!this.#inPayload && this.#headerBytes === 0) return null;
    return {
      opcode: this.#inPayload ? this.#opcode : null,
      payloadLength: this.#inPayload ? this.#payloadLength : null,
      received: this.#inPayload ? this.#payloadLength - this.#remaining : this.#headerBytes,
      firstPacket: this.#firstPacket,
      seconds: this.#firstSeconds,
      nanoseconds: this.#firstNanoseconds,
    };
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
    if (this.isLost) return;
    let at = start;
    while (at < end) {
      if (!this.#inPayload) {
        if (this.#headerBytes === 0) {
          this.#firstPacket = packet;
          this.#firstSeconds = seconds;
          this.#firstNanoseconds = nanoseconds;
        }
        at = this.#readHeader(bytes, at, end);
        if (this.#headerBytes > 0) return;
      }
      const taken = Math.min(this.#remaining, end - at);
      if (this.#control !== null) this.#keepControl(bytes, at, at + taken);
      else if (this.#isWanted && taken > 0) {
        this.#sink!.payload(bytes, at, at + taken, this.#mask, this.#payloadLength - this.#remaining);
      }
      at += taken;
      this.#remaining -= taken;
      if (this.#remaining === 0) this.#finish(packet, seconds, nanoseconds);
    }
  }

  /** `length` bytes are missing here. Inside a payload of known length the framing survives. */
  gap(length: number, packet: number, seconds: number, nanoseconds: number): void {
    if (this.isLost) return;
    if (!this.#inPayload || length > this.#remaining) {
      this.isLost = true;
      return;
    }
    this.#control = null;
    if (isDataOpcode(this.#opcode)) this.#sink?.payloadGap();
    this.#remaining -= length;
    if (this.#remaining === 0) this.#finish(packet, seconds, nanoseconds);
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
      this.#payloadLength = uint32(bytes, at + 2) * TWO_TO_32 + uint32(bytes, at + 6);
      this.#isShortestLength = this.#payloadLength > 0xffff;
    }
    this.#remaining = this.#payloadLength;
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
    this.#mask = this.#isMasked ? uint32(bytes, at + length - 4) | 0 : 0;
  }

  #keepControl(bytes: Uint8Array, start: number, end: number): void {
    const control = this.#control!;
    let index = this.#payloadLength - this.#remaining;
    for (let at = start; at < end && index < control.length; at++, index++) {
      control[index] = this.#isMasked ? bytes[at]! ^ (this.#mask >>> (24 - 8 * (index & 3))) : bytes[at]!;
    }
  }

  #finish(packet: number, seconds: number, nanoseconds: number): void {
    this.#inPayload = false;
    const first = this.#firstByte;
    this.#handler.frame(this.#direction, {
      opcode: this.#opcode,
      isFinal: (first & FIN_BIT) !== 0,
      reservedBits: (first >> 4) & 0x07,
      isMasked: this.#isMasked,
      payloadLength: this.#payloadLength,
      isShortestLength: this.#isShortestLength,
      controlPayload: this.#control,
      firstPacket: this.#firstPacket,
      packet,
      seconds,
      nanoseconds,
    });
  }
}

/** Bytes of the header that begins here; where its second byte is not there yet, one more than there are. */
function headerLength(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 2) return 2;
  const second = bytes[start + 1]!;
  const shortLength = second & LENGTH_MASK;
  const extended = shortLength === LENGTH_16 ? 2 : shortLength === LENGTH_64 ? 8 : 0;
  return 2 + extended + ((second & MASK_BIT) !== 0 ? 4 : 0);
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
