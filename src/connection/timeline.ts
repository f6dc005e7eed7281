/**
 * The events of a connection in the order of capture: the first and the last ones, and a count of the middle.
 * HOT: `addFrame` runs once per frame.
 *
 * Events are rows of numbers in one typed array until somebody asks for them: as objects, each would live just long
 * enough to be copied by the garbage collector and then die (docs/benchmarks.md).
 */
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

/** Columns of a row. */
const KIND = 0;
const DIRECTION = 1;
const PACKET = 2;
const SECONDS = 3;
const NANOSECONDS = 4;
const OPCODE = 5;
const LENGTH = 6;
const CODE = 7;
const ROW = 8;
/** In OPCODE, LENGTH and CODE. */
const NONE = -1;

const INITIAL_ROWS = 8;
const MAX_ROWS = 2 * KEPT_AT_EACH_END;

export class Timeline {
  /** The first events in order, then a ring of the latest ones. */
  #rows = new Float64Array(INITIAL_ROWS * ROW);
  /** By row: only requests, responses and Close frames have one. */
  readonly #texts: (string | undefined)[] = [];
  #count = 0;

  /** Events come in the order in which they were captured. */
  add(
    event: EventKind,
    direction: 0 | 1,
    packet: number,
    seconds: number,
    nanoseconds: number,
    { opcode = NONE, length = NONE, code = NONE, detail }: EventDetails = {},
  ): void {
    const kind = KINDS.indexOf(event);
    const row = this.#write(kind, direction, packet, seconds, nanoseconds, opcode, length, code ?? NONE);
    if (detail !== undefined && detail !== '') this.#texts[row] = detail;
  }

  /** The common case of {@link add}: a frame without anything to say but its kind and length. */
  addFrame(
    direction: 0 | 1,
    packet: number,
    seconds: number,
    nanoseconds: number,
    opcode: number,
    length: number,
  ): void {
    this.#write(FRAME, direction, packet, seconds, nanoseconds, opcode, length, NONE);
  }

  /** All that was kept, in order; `client` is the direction of the client's bytes. */
  events(client: 0 | 1): TimelineEvent[] {
    const kept = Math.min(this.#count, MAX_ROWS);
    const omitted = this.#count - kept;
    const events: TimelineEvent[] = [];
    for (let index = 0; index < kept; index++) {
      const isInRing = index >= KEPT_AT_EACH_END;
      const turned = isInRing ? KEPT_AT_EACH_END + ((index + omitted) % KEPT_AT_EACH_END) : index;
      const event = this.#read(turned, client);
      if (omitted > 0 && index === KEPT_AT_EACH_END) {
        const { from, packet, seconds, nanoseconds } = event;
        const nothing = { opcode: null, length: null, code: null, detail: null };
        events.push({ event: 'omitted', from, packet, seconds, nanoseconds, ...nothing, count: omitted });
      }
      events.push(event);
    }
    return events;
  }

  /** Returns the index of the row. */
  #write(
    kind: number,
    direction: 0 | 1,
    packet: number,
    seconds: number,
    nanoseconds: number,
    opcode: number,
    length: number,
    code: number,
  ): number {
    const index = this.#count++;
    const row = index < MAX_ROWS ? index : KEPT_AT_EACH_END + (index % KEPT_AT_EACH_END);
    const at = row * ROW;
    if (at >= this.#rows.length) this.#grow();
    const rows = this.#rows;
    rows[at + KIND] = kind;
    rows[at + DIRECTION] = direction;
    rows[at + PACKET] = packet;
    rows[at + SECONDS] = seconds;
    rows[at + NANOSECONDS] = nanoseconds;
    rows[at + OPCODE] = opcode;
    rows[at + LENGTH] = length;
    rows[at + CODE] = code;
    if (row < this.#texts.length) this.#texts[row] = undefined;
    return row;
  }

  #read(row: number, client: 0 | 1): TimelineEvent {
    const [kind = 0, direction, packet = 0, seconds = 0, nanoseconds = 0, opcode = 0, length = 0, code = 0] =
      this.#rows.subarray(row * ROW, (row + 1) * ROW);
    return {
      event: KINDS[kind]!,
      from: direction === client ? 'client' : 'server',
      packet,
      seconds,
      nanoseconds,
      opcode: opcode === NONE ? null : opcodeName(opcode),
      length: length === NONE ? null : length,
      code: code === NONE ? null : code,
      detail: this.#texts[row] ?? null,
      count: null,
    };
  }

  #grow(): void {
    const larger = new Float64Array(this.#rows.length * 2);
    larger.set(this.#rows);
    this.#rows = larger;
  }
}
