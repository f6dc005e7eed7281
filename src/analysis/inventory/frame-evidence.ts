/**
 * Of a direction whose beginning is not in the capture: do its segments look like WebSocket frames? This is for a
 * hint to the user, so less is enough than where frames are followed (websocket/frame-sniffer.ts): each segment must
 * be exactly one or more whole frames.
 */
import { isUtf8 } from '#platform/utf8';
import { isSendableCloseCode } from '../../websocket/close-payload.ts';
import { unmask, UNMASK_CHUNK } from '../../websocket/unmask.ts';
import { isControlOpcode, isDataOpcode, MAX_CONTROL_PAYLOAD } from '../../websocket/frame.ts';

/**
 * After so many segments that are frames nothing more is to be learned.
 * @bound segments of a direction that are looked at for a WebSocket that was open before: {count}
 */
const ENOUGH_SEGMENTS = 16;
/** So many frames of any kind, or so many texts, are no accident. */
const ENOUGH_FRAMES = 3;
const ENOUGH_TEXTS = 2;
const TEXT = 1;
const CLOSE = 8;

export class FrameEvidence {
  #frames = 0;
  #texts = 0;
  #segments = 0;
  /** A Close with a code that may be sent, or a masked text: one is hard to come by otherwise. */
  #isTelling = false;
  #isMasked = false;
  #isBroken = false;

  get wantsMore(): boolean {
    return !this.#isBroken && this.#segments < ENOUGH_SEGMENTS;
  }

  get isFrames(): boolean {
    if (this.#isBroken) return false;
    return this.#frames >= ENOUGH_FRAMES || this.#texts >= ENOUGH_TEXTS || this.#isTelling;
  }

  /** Clients mask. Says something only where {@link isFrames}. */
  get isMasked(): boolean {
    return this.#isMasked;
  }

  segment(bytes: Uint8Array, start: number, end: number): void {
    if (!this.wantsMore || start === end) return;
    this.#segments++;
    let at = start;
    while (at < end && !this.#isBroken) at = this.#frame(bytes, at, end);
  }

  /** Returns where the frame ends. */
  #frame(bytes: Uint8Array, start: number, end: number): number {
    const frame = headerOf(bytes, start, end);
    const isMaskSame = this.#frames === 0 || frame?.isMasked === this.#isMasked;
    if (frame === null || !isMaskSame || frame.payloadEnd > end) {
      this.#isBroken = true;
      return end;
    }
    const { opcode, isMasked, payloadStart, payloadEnd } = frame;
    this.#frames++;
    this.#isMasked = isMasked;
    const isPlain = frame.reservedBits === 0 && payloadEnd > payloadStart;
    if (opcode === TEXT && isPlain && frame.isFinal) {
      if (!isText(bytes, frame)) this.#isBroken = true;
      this.#texts++;
      if (isMasked) this.#isTelling = true;
    } else if (opcode === CLOSE && isPlain) {
      if (!isSendableCloseCode(closeCodeOf(bytes, frame))) this.#isBroken = true;
      this.#isTelling = true;
    }
    return payloadEnd;
  }
}

interface Header {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly reservedBits: number;
  readonly isMasked: boolean;
  readonly mask: number;
  readonly payloadStart: number;
  readonly payloadEnd: number;
}

/** A frame header as a sane program sends it (RFC 6455 §5.2); null where the bytes are none. */
function headerOf(bytes: Uint8Array, start: number, end: number): Header | null {
  if (end - start < 2) return null;
  const first = bytes[start]!;
  const opcode = first & 0x0f;
  const isFinal = (first & 0x80) !== 0;
  const reservedBits = (first >> 4) & 0x07;
  const second = bytes[start + 1]!;
  const isMasked = (second & 0x80) !== 0;
  let length = second & 0x7f;
  let at = start + 2;
  if (length === 126) {
    if (end - at < 2) return null;
    length = (bytes[at]! << 8) | bytes[at + 1]!;
    at += 2;
    if (length < 126) return null;
  } else if (length === 127) return null;
  const isControl = isControlOpcode(opcode);
  if (!isControl && !isDataOpcode(opcode)) return null;
  // RSV1 marks a compressed message (RFC 7692); nothing gives the other two a meaning.
  if ((reservedBits & 0x03) !== 0) return null;
  if (isControl && (!isFinal || reservedBits !== 0 || length > MAX_CONTROL_PAYLOAD)) return null;
  if (!isFinal && length === 0) return null;
  if (isMasked && end - at < 4) return null;
  const mask = isMasked
    ? (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
    : 0;
  if (isMasked) at += 4;
  return { opcode, isFinal, reservedBits, isMasked, mask, payloadStart: at, payloadEnd: at + length };
}

function isText(bytes: Uint8Array, { isMasked, mask, payloadStart, payloadEnd }: Header): boolean {
  if (!isMasked) return isUtf8(bytes.subarray(payloadStart, payloadEnd));
  const length = payloadEnd - payloadStart;
  if (length > UNMASK_CHUNK) return true;
  return isUtf8(unmask(bytes, payloadStart, payloadEnd, mask, 0).subarray(0, length));
}

function closeCodeOf(bytes: Uint8Array, { isMasked, mask, payloadStart, payloadEnd }: Header): number {
  if (payloadEnd - payloadStart < 2) return 0;
  const code = (bytes[payloadStart]! << 8) | bytes[payloadStart + 1]!;
  return isMasked ? code ^ (mask >>> 16) : code;
}
