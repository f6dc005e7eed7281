/**
 * Segments that arrived before the bytes that precede them, sorted by stream offset and free of overlap:
 * where two segments bring the same bytes, those seen first stay (as a receiver that has buffered them would).
 *
 *     waiting        [====]      [======]
 *     arrives     [-------------------]
 *     inserted    [-]      [-----]
 */
import { SEGMENT_OVERHEAD, type ReassemblyBudget } from './reassembly-budget.ts';

export interface WaitingSegment {
  /** Stream offset of the first byte. */
  offset: number;
  /** Bytes on the wire; more than `bytes.length` where the snapshot length cut the packet. */
  length: number;
  bytes: Uint8Array;
  packet: number;
  seconds: number;
  nanoseconds: number;
}

/** Delivered segments are moved out of the list so many at a time: each on its own would move all the others. */
const COMPACT_AFTER = 256;

const DELIVERED: WaitingSegment = {
  offset: 0,
  length: 0,
  bytes: new Uint8Array(0),
  packet: 0,
  seconds: 0,
  nanoseconds: 0,
};

export class OutOfOrderQueue {
  readonly #segments: WaitingSegment[] = [];
  /** Index of the first that still waits. */
  #head = 0;
  readonly #budget: ReassemblyBudget;
  #bytes = 0;

  constructor(budget: ReassemblyBudget) {
    this.#budget = budget;
  }

  get first(): WaitingSegment | undefined {
    return this.#segments[this.#head];
  }

  get isEmpty(): boolean {
    return this.#segments.length === this.#head;
  }

  /** Stream offset after the last waiting byte; 0 when nothing waits. */
  get endOffset(): number {
    if (this.isEmpty) return 0;
    const last = this.#segments.at(-1)!;
    return last.offset + last.length;
  }

  /** Whether something must go. */
  get isOverBudget(): boolean {
    return !this.isEmpty && this.#budget.isExceededBy(this.#bytes, this.#segments.length - this.#head);
  }

  shift(): WaitingSegment | undefined {
    const segment = this.first;
    if (segment === undefined) return undefined;
    this.#count(-1, segment);
    this.#segments[this.#head++] = DELIVERED;
    if (this.#head >= COMPACT_AFTER || this.isEmpty) {
      this.#segments.splice(0, this.#head);
      this.#head = 0;
    }
    return segment;
  }

  /** Forgets all that waits. */
  clear(): void {
    for (const segment of this.#segments.slice(this.#head)) this.#count(-1, segment);
    this.#segments.length = 0;
    this.#head = 0;
  }

  /** Copies what is new of the segment. Returns how many of its wire bytes were new. */
  insert(
    offset: number,
    length: number,
    data: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): number {
    const segmentEnd = offset + length;
    let index = this.#firstEndingAfter(offset);
    let from = offset;
    let added = 0;
    while (from < segmentEnd) {
      const next = this.#segments[index];
      const to = next === undefined ? segmentEnd : Math.min(segmentEnd, next.offset);
      if (to > from) {
        const piece: WaitingSegment = {
          offset: from,
          length: to - from,
          bytes: data.slice(Math.min(end, start + from - offset), Math.min(end, start + to - offset)),
          packet,
          seconds,
          nanoseconds,
        };
        this.#segments.splice(index, 0, piece);
        this.#count(1, piece);
        added += piece.length;
        index++;
      }
      if (next === undefined) break;
      from = next.offset + next.length;
      index++;
    }
    return added;
  }

  /** Index of the first waiting segment that ends after `offset`; most arrivals belong at the end. */
  #firstEndingAfter(offset: number): number {
    if (this.endOffset <= offset) return this.#segments.length;
    let low = this.#head;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle]!;
      if (segment.offset + segment.length <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #count(sign: 1 | -1, segment: WaitingSegment): void {
    const bytes = segment.bytes.length + SEGMENT_OVERHEAD;
    this.#bytes += sign * bytes;
    if (sign === 1) this.#budget.add(bytes);
    else this.#budget.release(bytes);
  }
}
