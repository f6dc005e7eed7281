/**
 * Bounds on out-of-order bytes. At a bound, the hole that bytes wait for is declared a gap, and the bytes are
 * delivered. Where one stream exceeds its own bound, this happens to that stream. Where all streams together
 * exceed theirs, it happens to a stream that holds most, so that no stream loses its few bytes to a stream
 * that hoards.
 */

/**
 * Per stream: more than the largest receive window that Linux grants by default (6 MiB).
 * @bound out-of-order bytes of a stream: {bytes}
 */
const MAX_STREAM_BYTES = 8 * 1024 * 1024;
/** @bound out-of-order bytes of a stream: {count} segments */
const MAX_STREAM_SEGMENTS = 8192;
/**
 * Over all streams of the capture.
 * @bound out-of-order bytes in all: {bytes}
 */
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
/**
 * What a waiting segment costs besides its bytes: a million segments of one byte take far more than a
 * megabyte.
 */
export const SEGMENT_OVERHEAD = 200;

/** Bytes that wait in one stream. */
export interface ByteHolder {
  /** Declares that the first hole is a gap: fewer bytes are held afterwards. */
  giveUpHole(): void;
  /** For the budget alone: where the holder stands among those of its size. */
  place: number;
}

export class ReassemblyBudget {
  #totalBytes = 0;
  /**
   * The holders of 2^n bytes up to twice as many, by n: the largest is found without looking at every holder.
   */
  readonly #bySize: ByteHolder[][] = Array.from({ length: 32 }, () => []);

  /** A holder had `before` bytes, and now has `after`. */
  change(holder: ByteHolder, before: number, after: number): void {
    this.#totalBytes += after - before;
    const [from, to] = [classOf(before), classOf(after)];
    if (from === to) return;
    if (from >= 0) remove(this.#bySize[from]!, holder);
    if (to >= 0) holder.place = this.#bySize[to]!.push(holder) - 1;
  }

  /** Whether a stream that holds this much must give up a hole. */
  isExceededBy(streamBytes: number, streamSegments: number): boolean {
    return streamBytes > MAX_STREAM_BYTES || streamSegments > MAX_STREAM_SEGMENTS;
  }

  /** Makes the streams that hold most give up holes, until all together are within the bound. */
  relieve(): void {
    while (this.#totalBytes > MAX_TOTAL_BYTES) {
      const largest = this.#bySize.findLast((each) => each.length > 0)?.at(-1);
      if (largest === undefined) return;
      largest.giveUpHole();
    }
  }
}

/** -1 for none. */
function classOf(bytes: number): number {
  return 31 - Math.clz32(bytes);
}

function remove(holders: ByteHolder[], holder: ByteHolder): void {
  const last = holders.pop()!;
  if (last === holder) return;
  holders[holder.place] = last;
  last.place = holder.place;
}
