/**
 * The events of a connection in the order of capture: the first and the last ones, and a count of the middle.
 * HOT: `addFrame` runs once per frame.
 *
 * Events are rows of numbers in one typed array until somebody asks for them: as objects, each would live just long
 * enough to be copied by the garbage collector and then die (docs/benchmarks.md).
 */
import type { Direction } from '../direction.ts';
import { opcodeName, type OpcodeName } from '../websocket/frame.ts';

/** Events kept from either end; what is between is only counted. */
const KEPT_AT_EACH_END = 16;

const KINDS = ['syn', 'syn-ack', 'request', 'response', 'frame', 'gap', 'fin', 'rst'] as const;
export type EventKind = (typeof KINDS)[number];
const FRAME = KINDS.indexOf('frame');

export interface TimelineEvent {
  readonly event: EventKind | 'omitted';
  readonly from: 'client' | 'server';
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Of a frame. */
  readonly opcode: OpcodeName | null;
  /** Payload bytes of a frame, bytes of a gap. */
  readonly length: number | null;
  /** HTTP status, or close code. */
  readonly code: number | null;
  /** Wire text: request line, status line, close reason. */
  readonly detail: string | null;
  /** Of 'omitted': how many events. */
  readonly count: number | null;
}

/** What some kinds of event have beside time and packet. */
export interface EventDetails {
  readonly opcode?: number;
  readonly length?: number;
  readonly code?: number | null;
  readonly detail?: string;
}

/** Columns of a row, 32 bits each: a ring that stays small stays in the processor's cache. */
const PACKET = 0;
const SECONDS = 1;
const NANOSECONDS = 2;
/** Unsigned; a frame may claim to be longer than 32 bits can say: then LONG, and the length is kept apart. */
const LENGTH = 3;
/** Kind, direction, whether there is a length, opcode, code (both + 1, 0 for none), whether there is a text. */
const PACKED = 4;
const ROW = 5;
const LONG = 0xffffffff;

const KIND_MASK = 0x7;
const DIRECTION_BIT = 3;
const HAS_LENGTH_BIT = 4;
const OPCODE_SHIFT = 5;
const OPCODE_MASK = 0x1f;
const CODE_SHIFT = 10;
const CODE_MASK = 0x1ffff;
const HAS_TEXT_BIT = 27;

export class Timeline {
  /** The first events in order. */
  readonly #first = new Uint32Array(KEPT_AT_EACH_END * ROW);
  /** A ring of the latest ones; made when the first ones are full. */
  #ring: Uint32Array | null = null;
  /** Text of requests, responses and Close frames, and lengths above 32 bits, by number of the event. */
  #texts: Map<number, string> | null = null;
  #lengths: Map<number, number> | null = null;
  #count = 0;
  /** Seconds of the first event: rows hold the difference, which fits into 32 bits whatever the year. */
  #startSeconds = 0;

  /** Events come in the order in which they were captured. */
  add(
    event: EventKind,
    direction: Direction,
    packet: number,
    seconds: number,
    nanoseconds: number,
    { opcode, length, code, detail }: EventDetails = {},
  ): void {
    const hasText = detail !== undefined && detail !== '';
    if (hasText) (this.#texts ??= new Map<number, string>()).set(this.#count, detail);
    const packed =
      KINDS.indexOf(event) |
      (direction << DIRECTION_BIT) |
      (length === undefined ? 0 : 1 << HAS_LENGTH_BIT) |
      (((opcode ?? -1) + 1) << OPCODE_SHIFT) |
      (((code ?? -1) + 1) << CODE_SHIFT) |
      (hasText ? 1 << HAS_TEXT_BIT : 0);
    this.#write(packet, seconds, nanoseconds, length ?? 0, packed);
  }

  /** The common case of {@link add}: a frame without anything to say but its kind and length. */
  addFrame(
    direction: Direction,
    packet: number,
    seconds: number,
    nanoseconds: number,
    opcode: number,
    length: number,
  ): void {
    const packed =
      FRAME | (direction << DIRECTION_BIT) | (1 << HAS_LENGTH_BIT) | ((opcode + 1) << OPCODE_SHIFT);
    this.#write(packet, seconds, nanoseconds, length, packed);
  }

  /** All that was kept, in order; `client` is the direction of the client's bytes. */
  events(client: Direction): TimelineEvent[] {
    const events: TimelineEvent[] = [];
    const omitted = Math.max(0, this.#count - 2 * KEPT_AT_EACH_END);
    for (let number = 0; number < this.#count; number++) {
      if (number === KEPT_AT_EACH_END && omitted > 0) {
        number += omitted;
        const { from, packet, seconds, nanoseconds } = this.#read(number, client);
        const nothing = { opcode: null, length: null, code: null, detail: null };
        events.push({ event: 'omitted', from, packet, seconds, nanoseconds, ...nothing, count: omitted });
      }
      events.push(this.#read(number, client));
    }
    return events;
  }

  #write(packet: number, seconds: number, nanoseconds: number, length: number, packed: number): void {
    const number = this.#count++;
    if (number === 0) this.#startSeconds = seconds;
    let rows: Uint32Array = this.#first;
    let at = number * ROW;
    if (number >= KEPT_AT_EACH_END) {
      rows = this.#ring ??= new Uint32Array(KEPT_AT_EACH_END * ROW);
      at = (number % KEPT_AT_EACH_END) * ROW;
      if (number >= 2 * KEPT_AT_EACH_END) this.#forget(number - KEPT_AT_EACH_END, rows, at);
    }
    if (length >= LONG) (this.#lengths ??= new Map<number, number>()).set(number, length);
    rows[at + PACKET] = packet;
    rows[at + SECONDS] = seconds - this.#startSeconds;
    rows[at + NANOSECONDS] = nanoseconds;
    rows[at + LENGTH] = length >= LONG ? LONG : length;
    rows[at + PACKED] = packed;
  }

  /** What is written over in the ring takes its text along. Hardly a row has one: a look at it is quicker than at maps. */
  #forget(number: number, rows: Uint32Array, at: number): void {
    if ((rows[at + PACKED]! & (1 << HAS_TEXT_BIT)) !== 0) this.#texts?.delete(number);
    if (rows[at + LENGTH] === LONG) this.#lengths?.delete(number);
  }

  #read(number: number, client: Direction): TimelineEvent {
    const isInRing = number >= KEPT_AT_EACH_END;
    const rows = isInRing ? this.#ring! : this.#first;
    const at = (isInRing ? number % KEPT_AT_EACH_END : number) * ROW;
    const packed = rows[at + PACKED]!;
    const length = rows[at + LENGTH]!;
    const opcode = ((packed >> OPCODE_SHIFT) & OPCODE_MASK) - 1;
    const code = ((packed >> CODE_SHIFT) & CODE_MASK) - 1;
    const hasLength = ((packed >> HAS_LENGTH_BIT) & 1) === 1;
    return {
      event: KINDS[packed & KIND_MASK]!,
      from: ((packed >> DIRECTION_BIT) & 1) === client ? 'client' : 'server',
      packet: rows[at + PACKET]!,
      seconds: this.#startSeconds + (rows[at + SECONDS]! | 0),
      nanoseconds: rows[at + NANOSECONDS]!,
      opcode: opcode < 0 ? null : opcodeName(opcode),
      length: hasLength ? (this.#lengths?.get(number) ?? length) : null,
      code: code < 0 ? null : code,
      detail: this.#texts?.get(number) ?? null,
      count: null,
    };
  }
}
