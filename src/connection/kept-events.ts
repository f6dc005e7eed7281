/**
 * The events of a connection that were kept, as rows of numbers: a timeline gives them at one moment, and a
 * report makes events from them.
 *
 * If each event were an object, it would live just long enough to be copied by the garbage collector, and
 * then die (docs/benchmarks.md).
 */
import type { Direction } from '../basics/direction.ts';
import { opcodeName, type OpcodeName } from '../websocket/frame.ts';

/**
 * Events kept at the beginning, and at the end; the events in between are only counted.
 * @bound timeline events kept of a connection: the first {count} and the last {count}
 */
export const KEPT_AT_EACH_END = 16;

export const KINDS = [
  'syn',
  'syn-ack',
  'request',
  'response',
  'frame',
  'gap',
  'fin',
  'rst',
  // Of TLS: the ClientHello, the end of the handshake, alerts.
  'tls-hello',
  'tls-established',
  'tls-alert',
  'close-notify',
] as const;
export type EventKind = (typeof KINDS)[number];
export const FRAME: number = KINDS.indexOf('frame');

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
  /** HTTP status, close code, or number of an alert. */
  readonly code: number | null;
  /** Wire text: request line, status line, close reason, server name; of an alert its level and name. */
  readonly detail: string | null;
  /** Of 'omitted': how many events. */
  readonly count: number | null;
}

/** What some kinds of event have besides time and packet. */
export interface EventDetails {
  readonly opcode?: number;
  readonly length?: number;
  readonly code?: number | null;
  readonly detail?: string;
}

/** Columns of a row, 32 bits each. */
export const PACKET = 0;
/** Since the first event, so that it fits into 32 bits whatever the year. */
export const SECONDS = 1;
export const NANOSECONDS = 2;
/** LONG where a frame claims a length of more than 31 bits: that length is kept elsewhere. */
export const LENGTH = 3;
/** Kind, direction, whether there is a length, opcode, code (both + 1, 0 for none), whether there is a text. */
export const PACKED = 4;
export const ROW = 5;
export const LONG = -1;
/** The longest length that its column holds. */
export const MAX_LENGTH = 0x7fffffff;

const KIND_MASK = 0xf;
export const DIRECTION_BIT = 4;
export const HAS_LENGTH_BIT = 5;
export const OPCODE_SHIFT = 6;
const OPCODE_MASK = 0x1f;
export const CODE_SHIFT = 11;
const CODE_MASK = 0x1ffff;
export const HAS_TEXT_BIT = 28;

/** Rows in order: the first events, then the latest. */
export class KeptEvents {
  readonly #rows: readonly number[];
  /** The number of all events, including those that were not kept. */
  readonly #count: number;
  readonly #startSeconds: number;
  /** Texts by number of the event, and lengths where the column has LONG. */
  readonly #texts: ReadonlyMap<number, string> | null;
  readonly #lengths: ReadonlyMap<number, number> | null;

  constructor(
    rows: readonly number[],
    count: number,
    startSeconds: number,
    texts: ReadonlyMap<number, string> | null,
    lengths: ReadonlyMap<number, number> | null,
  ) {
    this.#rows = rows;
    this.#count = count;
    this.#startSeconds = startSeconds;
    this.#texts = texts;
    this.#lengths = lengths;
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

  #read(number: number, client: Direction): TimelineEvent {
    const rows = this.#rows;
    const at = this.#indexOf(number) * ROW;
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

  #indexOf(number: number): number {
    return number < KEPT_AT_EACH_END ? number : KEPT_AT_EACH_END + number - firstOfLatest(this.#count);
  }
}

/** Number of the first event among the latest ones. */
export function firstOfLatest(count: number): number {
  return Math.max(KEPT_AT_EACH_END, count - KEPT_AT_EACH_END);
}
