/**
 * One direction of a connection as it will be written: bytes by stream offset, in pieces in the spool. Bytes
 * that are missing in the capture are missing here too.
 */
import type { Spool } from './spool.ts';

/** So many bytes of a stream are gathered before they go to the spool. */
const TAIL_SIZE = 16 * 1024;

/** Tells the streams of a run to spool what they have gathered, once all of it together is too much. */
export class TailBudget {
  static readonly MAX_BYTES: number = 32 * 1024 * 1024;
  readonly #streams = new Set<RewrittenStream>();

  /** A stream has begun to gather. */
  began(stream: RewrittenStream): void {
    this.#streams.add(stream);
    if (this.#streams.size * TAIL_SIZE <= TailBudget.MAX_BYTES) return;
    for (const each of this.#streams) if (each !== stream) each.flush();
  }

  flushed(stream: RewrittenStream): void {
    this.#streams.delete(stream);
  }
}

/** By direction. */
export type Streams = readonly [RewrittenStream, RewrittenStream];

export function newStreams(spool: Spool, budget: TailBudget): Streams {
  return [new RewrittenStream(spool, budget), new RewrittenStream(spool, budget)];
}

export class RewrittenStream {
  readonly #spool: Spool;
  readonly #budget: TailBudget;
  /** Three numbers a piece: stream offset, length, position in the spool. In order of offset. */
  readonly #pieces: number[] = [];
  #tail: Uint8Array | null = null;
  #tailLength = 0;
  /** Stream offset of the next byte. */
  end = 0;

  constructor(spool: Spool, budget: TailBudget) {
    this.#spool = spool;
    this.#budget = budget;
  }

  append(bytes: Uint8Array, start = 0, stop: number = bytes.length): void {
    let at = start;
    while (at < stop) {
      const tail = this.#room();
      const taken = Math.min(stop - at, TAIL_SIZE - this.#tailLength);
      tail.set(bytes.subarray(at, at + taken), this.#tailLength);
      this.#took(taken);
      at += taken;
    }
  }

  fill(value: number, count: number): void {
    let left = count;
    while (left > 0) {
      const tail = this.#room();
      const taken = Math.min(left, TAIL_SIZE - this.#tailLength);
      tail.fill(value, this.#tailLength, this.#tailLength + taken);
      this.#took(taken);
      left -= taken;
    }
  }

  /** `count` bytes are not in the capture. */
  skip(count: number): void {
    this.flush();
    this.end += count;
  }

  /** Changes a byte that was appended; a byte that was skipped stays missing. */
  patch(offset: number, value: number): void {
    const tailStart = this.end - this.#tailLength;
    if (offset >= tailStart) {
      if (offset < this.end) this.#tail![offset - tailStart] = value;
      return;
    }
    const piece = this.#pieceAt(offset);
    const pieces = this.#pieces;
    if (piece < 0 || offset >= pieces[piece]! + pieces[piece + 1]!) return;
    this.#spool.patch(pieces[piece + 2]! + offset - pieces[piece]!, value);
  }

  /** Writes everything gathered to the spool. */
  flush(): void {
    if (this.#tail === null) return;
    const offset = this.end - this.#tailLength;
    const position = this.#spool.append(this.#tail.subarray(0, this.#tailLength));
    this.#pieces.push(offset, this.#tailLength, position);
    this.#tail = null;
    this.#tailLength = 0;
    this.#budget.flushed(this);
  }

  /**
   * Copies the bytes from `offset` on, as far as there are any; leaves missing ones unchanged in `into`.
   * Flush first.
   */
  read(offset: number, length: number, into: Uint8Array, at: number): void {
    const pieces = this.#pieces;
    for (let piece = Math.max(0, this.#pieceAt(offset)); piece < pieces.length; piece += 3) {
      const start = pieces[piece]!;
      if (start >= offset + length) return;
      const from = Math.max(start, offset);
      const to = Math.min(start + pieces[piece + 1]!, offset + length);
      if (to > from) this.#spool.read(pieces[piece + 2]! + from - start, to - from, into, at + from - offset);
    }
  }

  /** Which bytes from `start` on, before `end`, are there: offsets of runs, first and behind the last byte. Flush first. */
  *runs(start: number, end: number): Generator<readonly [start: number, end: number]> {
    const pieces = this.#pieces;
    let from = start;
    let to = start;
    for (let piece = Math.max(0, this.#pieceAt(start)); piece < pieces.length; piece += 3) {
      const begin = Math.max(start, pieces[piece]!);
      const stop = Math.min(end, pieces[piece]! + pieces[piece + 1]!);
      if (begin >= end) break;
      if (stop <= begin) continue;
      if (begin > to) {
        if (to > from) yield [from, to];
        from = begin;
      }
      to = stop;
    }
    if (to > from) yield [from, to];
  }

  #room(): Uint8Array {
    if (this.#tailLength === TAIL_SIZE) this.flush();
    if (this.#tail === null) {
      this.#tail = new Uint8Array(TAIL_SIZE);
      this.#budget.began(this);
    }
    return this.#tail;
  }

  #took(count: number): void {
    this.#tailLength += count;
    this.end += count;
  }

  /** Index of the last piece that begins at the offset or before; -3 where none does. */
  #pieceAt(offset: number): number {
    const pieces = this.#pieces;
    let low = 0;
    let high = pieces.length / 3;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (pieces[middle * 3]! <= offset) low = middle + 1;
      else high = middle;
    }
    return (low - 1) * 3;
  }
}
