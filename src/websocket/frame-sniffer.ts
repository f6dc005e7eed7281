/**
 * Finds out whether the bytes of a connection whose opening handshake is not in the capture are WebSocket
 * frames, and where a frame begins. Each segment is tried as the beginning of a frame: senders usually begin
 * one there.
 */
import { otherOf, type Direction } from '../basics/direction.ts';
import { FrameParser } from './frame-parser.ts';
import type { FrameHandler, PayloadSink } from './frame-events.ts';
import {
  isControlOpcode,
  isDataOpcode,
  MAX_CONTROL_PAYLOAD,
  OPCODE_CONTINUATION,
  type Frame,
} from './frame.ts';

/** This many frames in a row, in each direction, are taken for proof. */
const FRAMES_FOR_PROOF = 3;
/**
 * The most bytes and segments held of a direction while it is examined; beyond it the oldest are dropped.
 * @bound bytes of a direction that are looked at before frames count as found: {bytes}
 */
const MAX_HELD_BYTES = 64 * 1024;
/** @bound bytes of a direction that are looked at before frames count as found: {count} segments */
const MAX_HELD_SEGMENTS = 64;
/**
 * After more segments that begin no frame, a direction has no frames. A large message has many such segments.
 * @bound bytes of a direction that are looked at before frames count as found: {count} tries
 */
const MAX_TRIES = 4096;
/** While it is not certain that there are frames, a length beyond this is not taken for a frame's. */
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
  /** A frame begins with this segment, if there are frames at all. */
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

  /** The held bytes end where a frame ends. */
  get isBetweenFrames(): boolean {
    return this.#parser.unfinished === null;
  }

  /** One of the held segments begins a frame. */
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

  /** The held segments, from the first one that begins a frame. */
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
    // `begin` asks for no payload.
  }

  payloadGap(): void {
    // Not called: a gap clears everything.
  }

  frame(_direction: Direction, frame: Frame): void {
    if (this.frames > 0 && frame.isMasked !== this.isMasked) this.#isBroken = true;
    if (!isPlausible(frame.opcode, frame.payloadLength) || !isPlausibleFrame(frame)) this.#isBroken = true;
    this.isMasked = frame.isMasked;
    this.frames++;
  }

  plainFrames(): void {
    // Not called: `tallyPlain` asks for no sums here.
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

  /** The bytes are not frames, or no frame begins where the last try began: tries the next segment. */
  #tryNext(): void {
    this.tries++;
    // The last try began with the first held segment, or with one that is not held any more.
    if (this.#held[0]?.beginsFrame === true) this.#drop(1);
    this.#restart();
    for (const held of this.#held) {
      if (this.#isBroken) break;
      this.#feed(held);
    }
  }

  /** More bytes came than can be held: what is kept begins with a later frame. */
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
  // Empty fragments are legal, but zeros in a row, which look like them, are not frames.
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

  /**
   * Takes the next bytes of a direction. Returns the client's direction once frames are certain, null before.
   */
  push(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): Direction | null {
    // This copies a Buffer too; a Buffer's own `slice` would be a view.
    const copy = new Uint8Array(bytes.subarray(start, end));
    const segment = { bytes: copy, packet, seconds, nanoseconds };
    this.#directions[direction].push(segment);
    this.#client ??= this.#isNamed ? this.#clientOfNamed() : this.#clientByProof();
    return this.#client;
  }

  gap(direction: Direction): void {
    this.#directions[direction].clear();
  }

  /** No frames were found so far, and it is not worth looking further. */
  get isHopeless(): boolean {
    return !this.#isNamed && this.#client === null && this.#directions.some(({ tries }) => tries > MAX_TRIES);
  }

  /** It is known where frames of this direction begin, and they are masked as its role demands. */
  hasFrames(direction: Direction): boolean {
    const sniffer = this.#directions[direction];
    if (this.#client === null || !hasWholeFrames(sniffer)) return false;
    return sniffer.isMasked === (direction === this.#client) && sniffer.hasStart;
  }

  /** What was held back of a direction, from its first frame on. */
  take(direction: Direction): SniffedSegment[] {
    return this.#directions[direction].take();
  }

  /**
   * Clients mask, servers don't (RFC 6455 §5.1): both directions must show enough frames, and only one masks
   * them.
   */
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

/**
 * Whether a direction of a certain WebSocket shows frames. Bytes in the middle of a message often look like a
 * frame, but that frame does not end where a segment ends.
 */
function hasWholeFrames({ frames, isBetweenFrames }: DirectionSniffer): boolean {
  return frames >= FRAMES_FOR_PROOF || (frames > 0 && isBetweenFrames);
}
