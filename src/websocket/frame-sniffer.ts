/**
 * Finds out whether the bytes of a connection whose opening handshake is not in the capture are WebSocket frames, and
 * where a frame begins. A try begins with each segment, for senders mostly begin a frame there.
 */
import { otherOf, type Direction } from '../direction.ts';
import { FrameParser, type FrameHandler } from './frame-parser.ts';
import { isControlOpcode, isDataOpcode, MAX_CONTROL_PAYLOAD, type Frame } from './frame.ts';

/** Frames in a row, in each direction, that are taken for proof; and where the user named the port. */
const FRAMES_FOR_PROOF = 3;
/** Bytes and segments held of a direction while it is looked at; the oldest are dropped. */
const MAX_HELD_BYTES = 64 * 1024;
const MAX_HELD_SEGMENTS = 64;
/** Segments after which a direction without a frame is none. */
const MAX_TRIES = 512;
/** A length beyond this is no frame's while it is not yet sure that there are frames. */
const MAX_PLAUSIBLE_LENGTH = 1 << 26;

/** A segment held back. */
export interface SniffedSegment {
  readonly bytes: Uint8Array;
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

class DirectionSniffer implements FrameHandler {
  readonly #direction: Direction;
  #segments: SniffedSegment[] = [];
  #heldBytes = 0;
  #parser: FrameParser;
  /** Complete frames in a row since the first held segment. */
  frames = 0;
  isMasked = false;
  #isBroken = false;
  tries = 0;

  constructor(direction: Direction) {
    this.#direction = direction;
    this.#parser = new FrameParser(direction, this);
  }

  push(segment: SniffedSegment): void {
    this.#segments.push(segment);
    this.#heldBytes += segment.bytes.length;
    this.#feed(segment);
    while (this.#isBroken || this.#heldBytes > MAX_HELD_BYTES || this.#segments.length > MAX_HELD_SEGMENTS) {
      this.#tryNext();
    }
  }

  clear(): void {
    this.#segments = [];
    this.#heldBytes = 0;
    this.#restart();
  }

  /** The segments from the first frame on. */
  take(): SniffedSegment[] {
    const segments = this.#segments;
    this.clear();
    return segments;
  }

  frame(_direction: Direction, frame: Frame): void {
    if (this.frames > 0 && frame.isMasked !== this.isMasked) this.#isBroken = true;
    if (!isPlausible(frame.opcode, frame.payloadLength, frame)) this.#isBroken = true;
    this.isMasked = frame.isMasked;
    this.frames++;
  }

  #feed({ bytes, packet, seconds, nanoseconds }: SniffedSegment): void {
    this.#parser.push(bytes, 0, bytes.length, packet, seconds, nanoseconds);
    const { unfinished } = this.#parser;
    if (unfinished === null || unfinished.opcode === null) return;
    if (!isPlausible(unfinished.opcode, unfinished.payloadLength ?? 0, null)) this.#isBroken = true;
  }

  #tryNext(): void {
    this.tries++;
    const dropped = this.#segments.shift();
    this.#heldBytes -= dropped?.bytes.length ?? 0;
    this.#restart();
    for (const segment of this.#segments) {
      if (this.#isBroken) break;
      this.#feed(segment);
    }
  }

  #restart(): void {
    this.#parser = new FrameParser(this.#direction, this);
    this.frames = 0;
    this.#isBroken = false;
  }
}

function isPlausible(opcode: number, payloadLength: number, frame: Frame | null): boolean {
  if (payloadLength > MAX_PLAUSIBLE_LENGTH) return false;
  if (frame !== null && ((frame.reservedBits & 0x03) !== 0 || !frame.isShortestLength)) return false;
  if (isDataOpcode(opcode)) return true;
  return isControlOpcode(opcode) && payloadLength <= MAX_CONTROL_PAYLOAD && frame?.isFinal !== false;
}

export class FrameSniffer {
  readonly #directions: readonly [DirectionSniffer, DirectionSniffer] = [
    new DirectionSniffer(0),
    new DirectionSniffer(1),
  ];
  readonly #isNamed: boolean;

  /** @param isNamed the user says that this connection is a WebSocket: then one frame is enough */
  constructor(isNamed: boolean) {
    this.#isNamed = isNamed;
  }

  /** Takes the next bytes of a direction. Returns the client's direction once these are frames, else null. */
  push(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): Direction | null {
    const segment = { bytes: bytes.slice(start, end), packet, seconds, nanoseconds };
    this.#directions[direction].push(segment);
    return this.#isNamed ? this.#clientOfNamed() : this.#clientByProof();
  }

  gap(direction: Direction): void {
    this.#directions[direction].clear();
  }

  /** Nothing came of it: not worth looking further. */
  get isHopeless(): boolean {
    return !this.#isNamed && this.#directions.some(({ tries }) => tries > MAX_TRIES);
  }

  /** Frames were found in a direction. */
  hasFrames(direction: Direction): boolean {
    return this.#directions[direction].frames > 0;
  }

  /** What was held back of a direction, from its first frame on. */
  take(direction: Direction): SniffedSegment[] {
    return this.#directions[direction].take();
  }

  /** Clients mask, servers don't (RFC 6455 §5.1): both must show enough frames, and one of each kind. */
  #clientByProof(): Direction | null {
    const [a, b] = this.#directions;
    if (a.frames < FRAMES_FOR_PROOF || b.frames < FRAMES_FOR_PROOF || a.isMasked === b.isMasked) return null;
    return a.isMasked ? 0 : 1;
  }

  #clientOfNamed(): Direction | null {
    for (const direction of [0, 1] as const) {
      const sniffer = this.#directions[direction];
      if (sniffer.frames === 0) continue;
      return sniffer.isMasked ? direction : otherOf(direction);
    }
    return null;
  }
}
