/**
 * Stands where a carrier may begin: at the first byte of a connection, after a PROXY header, inside a CONNECT
 * tunnel. The bytes of a direction wait here until it is known whether a carrier begins with them; a
 * carrier's bytes are diverted to it. Made only where there are carriers that may come.
 */
import type { ByteStream } from '../carrier/byte-stream.ts';
import { recogniseCarrier, recogniseLate, type Carrier, type OpenCarrier } from '../carrier/carrier.ts';
import type { Direction } from '../basics/direction.ts';
import { mayBeginProxyHeader } from './proxy-header.ts';

interface Piece {
  readonly bytes: Uint8Array;
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Where a direction stands. */
type GateState =
  /** The next byte may be a carrier's first. `held` are the bytes so far, too few to tell. */
  | { readonly kind: 'at-start'; readonly held: readonly Piece[] }
  /** The connection was open before the capture began: a part of a carrier may begin with the next segments. */
  | { readonly kind: 'late'; segments: number }
  /** No carrier began: the bytes go to the reader. */
  | { readonly kind: 'read' }
  | { readonly kind: 'diverted' };

/** One for all: nearly every connection is known with its first bytes, and nothing is held. */
const AT_START: GateState = { kind: 'at-start', held: [] };
const READ: GateState = { kind: 'read' };
const DIVERTED: GateState = { kind: 'diverted' };

/**
 * A record of a carrier begins with one of the first segments of a capture, or the connection has none.
 * @bound segments looked at for a carrier that began before the capture: {count}
 */
const MAX_LATE_SEGMENTS = 64;

/** Begins a carrier as the bytes of a direction show. */
type Begin = (carrier: Carrier, from: Direction, isLate: boolean) => OpenCarrier;

export class CarrierGate {
  readonly #carriers: readonly Carrier[];
  readonly #begin: Begin;
  /** Takes the bytes that are not a carrier's, in order. */
  readonly #reader: Pick<ByteStream, 'data'>;
  readonly #states: [GateState, GateState] = [AT_START, AT_START];
  #carrier: OpenCarrier | null = null;

  /** @param isFromStart the capture holds both streams from their first byte on */
  constructor(
    carriers: readonly Carrier[],
    isFromStart: boolean,
    begin: Begin,
    reader: Pick<ByteStream, 'data'>,
  ) {
    this.#carriers = carriers;
    this.#begin = begin;
    this.#reader = reader;
    if (!isFromStart) this.#states = [late(), late()];
  }

  /** The next byte of this direction may be a carrier's first. */
  isAtStart(direction: Direction): boolean {
    return this.#states[direction].kind === 'at-start';
  }

  /** Behind a PROXY header, or inside a tunnel: a carrier may begin with the next byte. */
  restart(direction: Direction): void {
    this.#states[direction] = AT_START;
  }

  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const state = this.#states[direction];
    if (state.kind === 'diverted') {
      this.#carrier!.data(direction, bytes, start, end, packet, seconds, nanoseconds);
      return;
    }
    if (state.kind === 'late') this.#lookLate(direction, state, bytes, start, end);
    if (this.#isRead(direction)) {
      this.#reader.data(direction, bytes, start, end, packet, seconds, nanoseconds);
      return;
    }
    if (state.kind !== 'at-start') {
      this.#carrier!.data(direction, bytes, start, end, packet, seconds, nanoseconds);
      return;
    }
    if (state.held.length === 0 && end > start && this.#recognise(bytes, start, end) === 'no') {
      this.#states[direction] = READ;
      this.#reader.data(direction, bytes, start, end, packet, seconds, nanoseconds);
      return;
    }
    const piece = { bytes: new Uint8Array(bytes.subarray(start, end)), packet, seconds, nanoseconds };
    const held = [...state.held, piece];
    this.#states[direction] = { kind: 'at-start', held };
    const first = joined(held);
    const recognition = this.#recognise(first, 0, first.length);
    if (recognition === 'more') return;
    if (recognition !== 'no' && recognition !== 'same')
      this.#carrier ??= this.#begin(recognition, direction, false);
    this.#states[direction] = recognition === 'no' ? READ : DIVERTED;
    this.#release(direction, held);
  }

  /** "same": the other direction has shown a carrier. */
  #recognise(bytes: Uint8Array, start: number, end: number): Carrier | 'no' | 'more' | 'same' {
    // Where the other direction has shown a carrier, this one uses it too, though perhaps behind a PROXY
    // header.
    if (this.#carrier !== null && !mayBeginProxyHeader(bytes[start]!)) return 'same';
    return recogniseCarrier(this.#carriers, bytes, start, end);
  }

  /** Returns whether the gap was the carrier's. Where it was not, no carrier begins behind it. */
  gap(...[direction, length, packet, seconds, nanoseconds]: Parameters<ByteStream['gap']>): boolean {
    const state = this.#states[direction];
    if (state.kind === 'at-start') {
      this.#states[direction] = this.#carrier === null ? READ : DIVERTED;
      this.#release(direction, state.held);
    }
    if (this.#states[direction].kind !== 'diverted') return false;
    this.#carrier!.gap(direction, length, packet, seconds, nanoseconds);
    return true;
  }

  /** Nothing more will come. */
  end(): void {
    for (const direction of [0, 1] as const) {
      const state = this.#states[direction];
      if (state.kind !== 'at-start') continue;
      this.#states[direction] = this.#carrier === null ? READ : DIVERTED;
      this.#release(direction, state.held);
    }
    this.#carrier?.end(0);
    this.#carrier?.end(1);
  }

  /** Decides what the bytes of this segment are; where they are no carrier's, the reader gets them. */
  #lookLate(
    direction: Direction,
    state: GateState & { readonly kind: 'late' },
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (this.#carrier === null) {
      const recognised = recogniseLate(this.#carriers, bytes, start, end);
      if (recognised === null) {
        if (++state.segments >= MAX_LATE_SEGMENTS) this.#states[direction] = READ;
        return;
      }
      this.#carrier = this.#begin(recognised.carrier, direction, recognised.isLate);
    }
    this.#states[direction] = DIVERTED;
  }

  /** The reader gets the bytes of this direction, at least those of this segment. A method, because it changes inside calls. */
  #isRead(direction: Direction): boolean {
    const { kind } = this.#states[direction];
    return kind === 'read' || kind === 'late';
  }

  #release(direction: Direction, held: readonly Piece[]): void {
    for (const { bytes, packet, seconds, nanoseconds } of held) {
      this.data(direction, bytes, 0, bytes.length, packet, seconds, nanoseconds);
    }
  }
}

function late(): GateState {
  return { kind: 'late', segments: 0 };
}

function joined(pieces: readonly Piece[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!.bytes;
  const whole = new Uint8Array(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of pieces) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}
