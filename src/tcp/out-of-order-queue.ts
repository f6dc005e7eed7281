/**
 * Segments that arrived before the bytes that precede them, sorted by stream offset and free of overlap:
 * where two segments bring the same bytes, those seen first stay (as a receiver that has buffered them would).
 *
 *     waiting        [====]      [======]
 *     arrives     [-------------------]
 *     inserted    [-]      [-----]
 *
 * Bytes that both bring are compared here, because both are at hand here: see {@link OverlapConflict}.
 */
import { withConflict, type OverlapConflict } from './overlap-conflict.ts';
import { SEGMENT_OVERHEAD, type ByteHolder, type ReassemblyBudget } from './reassembly-budget.ts';

export interface WaitingSegment {
  /** Stream offset of the first byte. */
  offset: number;
  /** Bytes on the wire; more than `bytes.length` where the snapshot length cut the packet. */
  length: number;
  bytes: Uint8Array;
  /** The segment had one byte: it may be a keep-alive probe, whose byte means nothing (RFC 9293 §3.8.4). */
  mayBeProbe: boolean;
  packet: number;
  seconds: number;
  nanoseconds: number;
}

export class OutOfOrderQueue implements ByteHolder {
  readonly #segments: WaitingSegment[] = [];
  readonly #budget: ReassemblyBudget;
  readonly giveUpHole: () => void;
  place = 0;
  #bytes = 0;
  /** The segments whose bytes differed from waiting ones at the same place; null: none. */
  conflict: OverlapConflict | null = null;

  /** @param giveUpHole declares that the hole in front of the waiting bytes is a gap */
  constructor(budget: ReassemblyBudget, giveUpHole: () => void) {
    this.#budget = budget;
    this.giveUpHole = giveUpHole;
  }

  get first(): WaitingSegment | undefined {
    return this.#segments[0];
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  /** Stream offset after the last waiting byte; 0 when nothing waits. */
  get endOffset(): number {
    const last = this.#segments.at(-1);
    return last === undefined ? 0 : last.offset + last.length;
  }

  /** Whether this stream alone holds too much, whatever others hold. */
  get isOverBudget(): boolean {
    return !this.isEmpty && this.#budget.isExceededBy(this.#bytes, this.#segments.length);
  }

  shift(): WaitingSegment | undefined {
    const segment = this.#segments.shift();
    if (segment !== undefined) this.#count(-1, segment);
    return segment;
  }

  /** Forgets all that waits. */
  clear(): void {
    for (const segment of this.#segments) this.#count(-1, segment);
    this.#segments.length = 0;
  }

  /**
   * Copies what is new of the segment, and compares the rest. Returns how many of its wire bytes were new.
   */
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
    const mayBeProbe = length === 1;
    let from = offset;
    let added = 0;
    let differing = 0;
    let countedPacket = 0;
    while (from < segmentEnd) {
      const next = this.#segments[index];
      const to = next === undefined ? segmentEnd : Math.min(segmentEnd, next.offset);
      if (to > from) {
        const piece: WaitingSegment = {
          offset: from,
          length: to - from,
          bytes: data.slice(Math.min(end, start + from - offset), Math.min(end, start + to - offset)),
          mayBeProbe,
          packet,
          seconds,
          nanoseconds,
        };
        this.#segments.splice(index, 0, piece);
        this.#count(1, piece);
        added += piece.length;
        index++;
      }
      if (next === undefined || next.offset >= segmentEnd) break;
      if (!mayBeProbe && !next.mayBeProbe) {
        const found = differences(next, offset, data, start, end);
        if (found > 0 && differing === 0) countedPacket = next.packet;
        differing += found;
      }
      from = next.offset + next.length;
      index++;
    }
    if (differing > 0) this.conflict = withConflict(this.conflict, packet, differing, countedPacket);
    return added;
  }

  /** Whether all bytes from `offset` up to `end` wait. */
  covers(offset: number, end: number): boolean {
    let from = offset;
    for (let index = this.#firstEndingAfter(offset); from < end; index++) {
      const segment = this.#segments[index];
      if (segment === undefined || segment.offset > from) return false;
      from = segment.offset + segment.length;
    }
    return true;
  }

  /** Index of the first waiting segment that ends after `offset`; most arrivals belong at the end. */
  #firstEndingAfter(offset: number): number {
    if (this.endOffset <= offset) return this.#segments.length;
    let low = 0;
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
    const before = this.#bytes;
    this.#bytes += sign * (segment.bytes.length + SEGMENT_OVERHEAD);
    this.#budget.change(this, before, this.#bytes);
  }
}

/**
 * How many captured bytes from `start` to `end` differ from the waiting ones; `offset` is the place of the
 * first one.
 */
function differences(
  waiting: WaitingSegment,
  offset: number,
  data: Uint8Array,
  start: number,
  end: number,
): number {
  const { bytes, offset: waitingOffset } = waiting;
  // Added to an index into the waiting bytes, it gives the index into the data.
  const shift = start + waitingOffset - offset;
  const stop = Math.min(bytes.length, end - shift);
  let count = 0;
  for (let at = Math.max(0, offset - waitingOffset); at < stop; at++) {
    if (bytes[at] !== data[at + shift]) count++;
  }
  return count;
}
