/**
 * The first part of a record that straddles two chunks. It is filled to the length that the record needs, no further;
 * the buffer is reused. The buffer grows by doubling as bytes arrive, never because a length field says so: a file
 * can't make us allocate more than twice what it holds. The caller bounds `target`.
 */

const INITIAL_CAPACITY = 256;
/** Below this length a copy loop is faster than a view for `set`. */
const SMALL_COPY = 32;

export class PendingBytes {
  bytes: Uint8Array = new Uint8Array(INITIAL_CAPACITY);
  length = 0;

  /** Takes bytes of `chunk` from `at` until `target` bytes are held; returns the index of the first not taken. */
  fill(chunk: Uint8Array, at: number, target: number): number {
    const count = Math.min(target - this.length, chunk.length - at);
    if (count <= 0) return at;
    const length = this.length + count;
    if (length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(length, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    if (count < SMALL_COPY) {
      for (let i = 0; i < count; i++) this.bytes[this.length + i] = chunk[at + i]!;
    } else {
      this.bytes.set(chunk.subarray(at, at + count), this.length);
    }
    this.length = length;
    return at + count;
  }

  clear(): void {
    this.length = 0;
  }
}
