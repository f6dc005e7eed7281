/**
 * Bounds what the connections of a capture keep together: unfinished heads, and bytes that wait for an
 * answer. At the bound, further bytes become a gap, and a head that spans segments is given up
 * ("head-too-long").
 */

/** @bound unfinished heads and held bytes of all connections: {bytes} */
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

export class HttpBudget {
  #bytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number = MAX_TOTAL_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Returns false, and takes nothing, where there is no room for this many more bytes. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}
