/**
 * One direction of a WebSocket: bytes in, frames out (RFC 6455 §5.2), across any segmentation. HOT: `push` runs once
 * per segment, its loop once per frame. Payloads are skipped, not copied, but for those of control frames.
 *
 * Records and goes on: an endpoint would fail the connection at a violation, an analyzer must not.
 */
import type { Direction } from '../direction.ts';
import { MAX_CONTROL_PAYLOAD, OPCODE_CLOSE, OPCODE_PING, OPCODE_PONG, type Frame } from './frame.ts';

export interface FrameHandler {
  /** A frame is complete. */
  frame(direction: Direction, frame: Frame): void;
}

/** A frame that has begun and not ended. */
export interface UnfinishedFrame {
  /** null while the header itself is incomplete. */
  readonly opcode: number | null;
  readonly payloadLength: number | null;
  /** Payload bytes seen so far (header bytes where that is incomplete). */
  readonly received: number;
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
  /** Payload of the current control frame, unmasked; null for a data frame or after a gap in it. */
  #control: Uint8Array | null = null;
  /** The masking key, big-endian. */
  #mask = 0;

  /** A gap hid where the next frame begins: nothing can be said about this direction any more. */
  isLost = false;

  constructor(direction: Direction, handler: FrameHandler) {
    this.#direction = direction;
    this.#handler = handler;
  }

  /** The frame in which the stream stands; null between frames. */
  get unfinished(): UnfinishedFrame | null {
    if (this.#inPayload) {
      const received = this.#payloadLength - this.#remaining;
      return { opcode: this.#opcode, payloadLength: this.#payloadLength, received };
    }
    return this.#headerBytes > 0 ? { opcode: null, payloadLength: null, received: this.#headerBytes } : null;
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
        if (this.#headerBytes === 0) this.#firstPacket = packet;
        at = this.#readHeader(bytes, at, end);
        if (this.#headerBytes > 0) return;
      }
      const taken = Math.min(this.#remaining, end - at);
      if (this.#control !== null) this.#keepControl(bytes, at, at + taken);
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
    if (shortLength < LENGTH_16) this.#payloadLength = shortLength;
    else if (shortLength === LENGTH_16) this.#payloadLength = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    else this.#payloadLength = uint32(bytes, at + 2) * TWO_TO_32 + uint32(bytes, at + 6);
    this.#remaining = this.#payloadLength;
    this.#inPayload = true;

    const isControl =
      this.#opcode === OPCODE_CLOSE || this.#opcode === OPCODE_PING || this.#opcode === OPCODE_PONG;
    this.#control = isControl ? new Uint8Array(Math.min(this.#payloadLength, MAX_CONTROL_PAYLOAD)) : null;
    if (isControl && this.#isMasked) {
      this.#mask = uint32(bytes, at + length - 4) | 0;
    }
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
