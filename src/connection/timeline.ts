/**
 * The events of a connection in the order of capture: the first and the last ones, and a count of the middle.
 * HOT: `addFrame` runs once per frame.
 *
 * Events are rows of numbers until somebody asks for them: as objects, each would live just long enough to be copied by
 * the garbage collector and then die (docs/benchmarks.md).
 */
import type { Direction } from '../basics/direction.ts';
import type { TimelineRoom } from './timeline-room.ts';
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

/** Columns of a row, 32 bits each. */
const PACKET = 0;
/** Since the first event, which fits whatever the year. */
const SECONDS = 1;
const NANOSECONDS = 2;
/** A frame may claim to be longer than 31 bits can say: then LONG, and the length is kept apart. */
const LENGTH = 3;
/** Kind, direction, whether there is a length, opcode, code (both + 1, 0 for none), whether there is a text. */
const PACKED = 4;
const ROW = 5;
const LONG = -1;
/** The longest length that its column holds. */
const MAX_LENGTH = 0x7fffffff;

const KIND_MASK = 0x7;
const DIRECTION_BIT = 3;
const HAS_LENGTH_BIT = 4;
const OPCODE_SHIFT = 5;
const OPCODE_MASK = 0x1f;
const CODE_SHIFT = 10;
const CODE_MASK = 0x1ffff;
const HAS_TEXT_BIT = 27;

export class Timeline {
  // What every frame touches stands first (see StreamReassembler).
  #count = 0;
  #startSeconds = 0;
  /** Where the latest events are in the rows of all connections; -1 while there are none, and once they are kept here. */
  #latestAt = -1;
  readonly #room: TimelineRoom;
  /** The same of the first events. */
  #firstAt = -1;

  /** The rows in order, once nothing more will come: first the first ones, then the latest. */
  #kept: number[] | null = null;
  /** Text of requests, responses and Close frames, and lengths that are LONG, by number of the event. */
  #texts: Map<number, string> | null = null;
  #lengths: Map<number, number> | null = null;

  /** @param room shared by all connections of a capture */
  constructor(room: TimelineRoom) {
    this.#room = room;
  }

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

  /** Nothing more will come: gives back the room. */
  end(): void {
    if (this.#firstAt < 0) return;
    const { rows } = this.#room;
    const count = this.#count;
    const kept = new Array<number>(Math.min(count, 2 * KEPT_AT_EACH_END) * ROW);
    let to = 0;
    for (let number = 0; number < count; number++) {
      if (number === KEPT_AT_EACH_END) number = this.#firstOfLatest;
      const at = this.#rowAt(number);
      for (let column = 0; column < ROW; column++) kept[to++] = rows[at + column]!;
    }
    this.#kept = kept;
    this.#room.release(this.#firstAt);
    if (this.#latestAt >= 0) this.#room.release(this.#latestAt);
    this.#firstAt = -1;
    this.#latestAt = -1;
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
    const column = length > MAX_LENGTH ? LONG : length;
    if (column === LONG) (this.#lengths ??= new Map<number, number>()).set(number, length);
    if (number === 0) {
      this.#startSeconds = seconds;
      this.#firstAt = this.#room.take();
    } else if (number === KEPT_AT_EACH_END) {
      this.#latestAt = this.#room.take();
    }
    const { rows } = this.#room;
    const at = this.#rowAt(number);
    if (number >= 2 * KEPT_AT_EACH_END) {
      // What is written over takes its text along. Hardly a row has one: a look at it is quicker than at the maps.
      if ((rows[at + PACKED]! & (1 << HAS_TEXT_BIT)) !== 0) this.#texts?.delete(number - KEPT_AT_EACH_END);
      if (rows[at + LENGTH] === LONG) this.#lengths?.delete(number - KEPT_AT_EACH_END);
    }
    rows[at + PACKET] = packet;
    rows[at + SECONDS] = seconds - this.#startSeconds;
    rows[at + NANOSECONDS] = nanoseconds;
    rows[at + LENGTH] = column;
    rows[at + PACKED] = packed;
  }

  /** In the room, where the latest ones write over each other in turn. */
  #rowAt(number: number): number {
    return number < KEPT_AT_EACH_END
      ? this.#firstAt + number * ROW
      : this.#latestAt + (number % KEPT_AT_EACH_END) * ROW;
  }

  /** Number of the first of the latest events. */
  get #firstOfLatest(): number {
    return Math.max(KEPT_AT_EACH_END, this.#count - KEPT_AT_EACH_END);
  }

  #read(number: number, client: Direction): TimelineEvent {
    const kept = this.#kept;
    const rows: ArrayLike<number> = kept ?? this.#room.rows;
    const at = kept === null ? this.#rowAt(number) : this.#indexOfKept(number) * ROW;
    const packed = rows[at + PACKED]!;
    const length = rows[at + LENGTH]!;
    const opcode = ((packed >> OPCODE_SHIFT) & OPCODE_MASK) - 1;
    const code = ((packed >> CODE_SHIFT) & CODE_MASK) - 1;
    const hasLength = ((packed >> HAS_LENGTH_BIT) & 1) === 1;
    return {
      event: KINDS[packed & KIND_MASK]!,
      from: ((packed >> DIRECTION_BIT) & 1) === client ? 'client' : 'server',
      packet: rows[at + PACKET]!,
      seconds: this.#startSeconds + rows[at + SECONDS]!,
      nanoseconds: rows[at + NANOSECONDS]!,
      opcode: opcode < 0 ? null : opcodeName(opcode),
      length: hasLength ? (this.#lengths?.get(number) ?? length) : null,
      code: code < 0 ? null : code,
      detail: this.#texts?.get(number) ?? null,
      count: null,
    };
  }

  #indexOfKept(number: number): number {
    return number < KEPT_AT_EACH_END ? number : KEPT_AT_EACH_END + number - this.#firstOfLatest;
  }
}
