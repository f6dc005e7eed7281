/**
 * The events of a connection in the order of capture: the first and the last ones, and a count of the middle.
 * HOT: `add` runs once per frame.
 */
import type { OpcodeName } from '../websocket/frame.ts';

/** Events kept from either end; what is between is only counted. */
const KEPT_AT_EACH_END = 16;

export type EventKind = 'syn' | 'syn-ack' | 'request' | 'response' | 'frame' | 'gap' | 'fin' | 'rst';

export interface TimelineEvent {
  readonly event: EventKind | 'omitted';
  readonly from: 'client' | 'server';
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Of a frame. */
  readonly opcode: OpcodeName | null;
  /** Payload bytes of a frame, bytes of a gap; -1 for other events. */
  readonly length: number;
  /** HTTP status, or close code. */
  readonly code: number | null;
  /** Wire text: request line, status line, close reason. */
  readonly detail: string | null;
  /** Of 'omitted': how many events; 0 otherwise. */
  readonly count: number;
}

/** What some kinds of event have beside time and packet. */
export interface EventDetails {
  readonly opcode?: OpcodeName;
  readonly length?: number;
  readonly code?: number | null;
  readonly detail?: string;
}

class Entry implements TimelineEvent {
  event: EventKind | 'omitted' = 'syn';
  direction: 0 | 1 = 0;
  /** Known only at the end: see {@link Timeline.take}. */
  from: 'client' | 'server' = 'client';
  packet = 0;
  seconds = 0;
  nanoseconds = 0;
  opcode: OpcodeName | null = null;
  length = -1;
  code: number | null = null;
  detail: string | null = null;
  count = 0;
}

export class Timeline {
  readonly #first: Entry[] = [];
  /**
   * A ring of the latest events once `#first` is full. Its entries are written over, not replaced: new objects
   * that each live for 16 events are what a generational collector is worst at (docs/benchmarks.md).
   */
  readonly #last: Entry[] = [];
  #count = 0;

  /** Events come in the order in which they were captured. */
  add(
    event: EventKind,
    direction: 0 | 1,
    packet: number,
    seconds: number,
    nanoseconds: number,
    details?: EventDetails,
  ): void {
    const entry = this.#next();
    entry.event = event;
    entry.direction = direction;
    entry.packet = packet;
    entry.seconds = seconds;
    entry.nanoseconds = nanoseconds;
    entry.opcode = details?.opcode ?? null;
    entry.length = details?.length ?? -1;
    entry.code = details?.code ?? null;
    entry.detail = details?.detail ?? null;
  }

  /** The common case of {@link add}: a frame without anything to say but its kind and length. */
  addFrame(
    direction: 0 | 1,
    packet: number,
    seconds: number,
    nanoseconds: number,
    opcode: OpcodeName,
    length: number,
  ): void {
    const entry = this.#next();
    entry.event = 'frame';
    entry.direction = direction;
    entry.packet = packet;
    entry.seconds = seconds;
    entry.nanoseconds = nanoseconds;
    entry.opcode = opcode;
    entry.length = length;
    entry.code = null;
    entry.detail = null;
  }

  /** All that was kept, in order; `client` is the direction of the client's bytes. The timeline is then used up. */
  take(client: 0 | 1): readonly TimelineEvent[] {
    const omitted = this.#count - this.#first.length - this.#last.length;
    const turn = omitted % KEPT_AT_EACH_END;
    const last = turn === 0 ? this.#last : [...this.#last.slice(turn), ...this.#last.slice(0, turn)];
    const events = this.#first;
    const next = last[0];
    if (omitted > 0 && next !== undefined) {
      const entry = new Entry();
      entry.event = 'omitted';
      entry.direction = next.direction;
      entry.packet = next.packet;
      entry.seconds = next.seconds;
      entry.nanoseconds = next.nanoseconds;
      entry.count = omitted;
      events.push(entry);
    }
    events.push(...last);
    for (const entry of events) entry.from = entry.direction === client ? 'client' : 'server';
    return events;
  }

  #next(): Entry {
    const index = this.#count++;
    if (index < KEPT_AT_EACH_END) {
      const entry = new Entry();
      this.#first.push(entry);
      return entry;
    }
    return (this.#last[index % KEPT_AT_EACH_END] ??= new Entry());
  }
}
