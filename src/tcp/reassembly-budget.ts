/**
 * Bounds on out-of-order bytes. At a bound the hole that they wait for is declared a gap, and they are delivered.
 */

/** Per stream: more than the largest receive window that Linux grants by default (6 MiB). */
const MAX_STREAM_BYTES = 8 * 1024 * 1024;
const MAX_STREAM_SEGMENTS = 8192;
/** Over all streams of the capture. */
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
/** What a waiting segment costs beside its bytes: a million segments of one byte are not one megabyte. */
export const SEGMENT_OVERHEAD = 200;

export class ReassemblyBudget {
  #totalBytes = 0;

  add(bytes: number): void {
    this.#totalBytes += bytes;
  }

  release(bytes: number): void {
    this.#totalBytes -= bytes;
  }

  /** Whether a stream that holds this much must let go. */
  isExceededBy(streamBytes: number, streamSegments: number): boolean {
    return (
      streamBytes > MAX_STREAM_BYTES ||
      streamSegments > MAX_STREAM_SEGMENTS ||
      this.#totalBytes > MAX_TOTAL_BYTES
    );
  }
}
