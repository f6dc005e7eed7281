/**
 * Finds out whether the bytes of a connection whose opening handshake is not in the capture are WebSocket frames, and
 * where a frame begins. A try begins with each segment, for senders mostly begin a frame there.
 */
import { otherOf, type Direction } from '../basics/direction.ts';
import { FrameParser, type FrameHandler, type PayloadSink } from './frame-parser.ts';
import {
  isControlOpcode,
  isDataOpcode,
  MAX_CONTROL_PAYLOAD,
  OPCODE_CONTINUATION,
  type Frame,
} from './frame.ts';

/** Frames in a row, in each direction, that are taken for proof. */
const FRAMES_FOR_PROOF = 3;
/** Bytes and segments held of a direction while it is looked at; the oldest are dropped. */
const MAX_HELD_BYTES = 64 * 1024;
const MAX_HELD_SEGMENTS = 64;
/** Segments that begin no frame, after which a direction has none: a large message has many of them. */
const MAX_TRIES = 4096;
/** A length beyond this is no frame's while it is not yet sure that there are frames. */
const MAX_PLAUSIBLE_LENGTH = 1 << 26;

/** A segment held back. */
export interface SniffedSegment {
  readonly bytes: Uint8Array;
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

interface HeldSegment {
  readonly segment: SniffedSegment;
  /** A frame begins with it, if there are frames at all. */
  beginsFrame: boolean;
}

class DirectionSniffer implements FrameHandler, PayloadSink {
  readonly #direction: Direction;
  #held: HeldSegment[] = [];
  #heldBytes = 0;
  #parser: FrameParser;
  /** Complete frames in a row. */
  frames = 0;
  isMasked = false;
  /** Inside a fragmented message; null where that is not known. */
  #inMessage: boolean | null = null;
  #isBroken = false;
  tries = 0;

  constructor(direction: Direction) {
    this.#direction = direction;
    this.#parser = new FrameParser(direction, this, this);
  }

  /** What is held ends with a frame. */
  get isBetweenFrames(): boolean {
    return this.#parser.unfinished === null;
  }

  /** A segment with which a frame begins is held. */
  get hasStart(): boolean {
    return this.#held.some(({ beginsFrame }) => beginsFrame);
  }

  push(segment: SniffedSegment): void {
    const held = { segment, beginsFrame: false };
    this.#held.push(held);
    this.#heldBytes += segment.bytes.length;
    this.#feed(held);
    while (this.#isBroken) this.#tryNext();
    if (this.#heldBytes > MAX_HELD_BYTES || this.#held.length > MAX_HELD_SEGMENTS) this.#forget();
  }

  clear(): void {
    this.#held = [];
    this.#heldBytes = 0;
    this.#restart();
  }

  /** The segments from the first on with which a frame begins. */
  take(): SniffedSegment[] {
    const first = this.#held.findIndex(({ beginsFrame }) => beginsFrame);
    const segments = first < 0 ? [] : this.#held.slice(first).map(({ segment }) => segment);
    this.clear();
    return segments;
  }

  // From the frames.

  begin(opcode: number, isFinal: boolean, reservedBits: number): boolean {
    const isContinuation = opcode === OPCODE_CONTINUATION;
    if ((reservedBits & 0x03) !== 0 || (isContinuation && reservedBits !== 0)) this.#isBroken = true;
    if (this.#inMessage !== null && isContinuation !== this.#inMessage) this.#isBroken = true;
    this.#inMessage = !isFinal;
    return false;
  }

  payload(): void {
    // None is asked for.
  }

  payloadGap(): void {
    // At a gap everything begins anew.
  }

  frame(_direction: Direction, frame: Frame): void {
    if (this.frames > 0 && frame.isMasked !== this.isMasked) this.#isBroken = true;
    if (!isPlausible(frame.opcode, frame.payloadLength) || !isPlausibleFrame(frame)) this.#isBroken = true;
    this.isMasked = frame.isMasked;
    this.frames++;
  }

  plainFrames(): void {
    // No sums are asked for.
  }

  #feed(held: HeldSegment): void {
    const { bytes, packet, seconds, nanoseconds } = held.segment;
    held.beginsFrame = this.isBetweenFrames;
    this.#parser.push(bytes, 0, bytes.length, packet, seconds, nanoseconds);
    const { unfinished } = this.#parser;
    if (unfinished === null) return;
    const { opcode, payloadLength } = unfinished;
    if (opcode !== null && !isPlausible(opcode, payloadLength ?? 0)) this.#isBroken = true;
  }

  /** The bytes are no frames, or none that begin where the last try began. */
  #tryNext(): void {
    this.tries++;
    // It began with the first segment held, or with one that is not held any more.
    if (this.#held[0]?.beginsFrame === true) this.#drop(1);
    this.#restart();
    for (const held of this.#held) {
      if (this.#isBroken) break;
      this.#feed(held);
    }
  }

  /** Frames go on longer than can be held: what is kept begins with a later one. */
  #forget(): void {
    const next = this.#held.findIndex(({ beginsFrame }, index) => index > 0 && beginsFrame);
    this.#drop(next < 0 ? this.#held.length : next);
  }

  #drop(count: number): void {
    for (const { segment } of this.#held.splice(0, count)) this.#heldBytes -= segment.bytes.length;
  }

  #restart(): void {
    this.#parser = new FrameParser(this.#direction, this, this);
    this.frames = 0;
    this.#inMessage = null;
    this.#isBroken = false;
  }
}

function isPlausible(opcode: number, payloadLength: number): boolean {
  if (isDataOpcode(opcode)) return payloadLength <= MAX_PLAUSIBLE_LENGTH;
  return isControlOpcode(opcode) && payloadLength <= MAX_CONTROL_PAYLOAD;
}

function isPlausibleFrame({
  opcode,
  isFinal,
  reservedBits,
  isShortestLength,
  payloadLength,
}: Frame): boolean {
  if (isControlOpcode(opcode)) return isFinal && reservedBits === 0 && isShortestLength;
  // Empty fragments are legal, but zeros in a row are no frames.
  return isShortestLength && (isFinal || payloadLength > 0);
}

export class FrameSniffer {
  readonly #directions: readonly [DirectionSniffer, DirectionSniffer] = [
    new DirectionSniffer(0),
    new DirectionSniffer(1),
  ];
  readonly #isNamed: boolean;
  #client: Direction | null = null;

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
    // A copy of a Buffer too, whose own `slice` would be a view.
    const copy = new Uint8Array(bytes.subarray(start, end));
    const segment = { bytes: copy, packet, seconds, nanoseconds };
    this.#directions[direction].push(segment);
    this.#client ??= this.#isNamed ? this.#clientOfNamed() : this.#clientByProof();
    return this.#client;
  }

  gap(direction: Direction): void {
    this.#directions[direction].clear();
  }

  /** Nothing came of it: not worth looking further. */
  get isHopeless(): boolean {
    return !this.#isNamed && this.#client === null && this.#directions.some(({ tries }) => tries > MAX_TRIES);
  }

  /** It is known where frames of this direction begin, and they are those of its role. */
  hasFrames(direction: Direction): boolean {
    const sniffer = this.#directions[direction];
    if (this.#client === null || !hasWholeFrames(sniffer)) return false;
    return sniffer.isMasked === (direction === this.#client) && sniffer.hasStart;
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
      if (hasWholeFrames(sniffer)) return sniffer.isMasked ? direction : otherOf(direction);
    }
    return null;
  }
}

/** Of a WebSocket: in the middle of a message bytes often look like a frame, but then that doesn't end with a segment. */
function hasWholeFrames({ frames, isBetweenFrames }: DirectionSniffer): boolean {
  return frames >= FRAMES_FOR_PROOF || (frames > 0 && isBetweenFrames);
}
