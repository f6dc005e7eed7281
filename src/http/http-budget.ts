/**
 * Bound on what the connections of a capture keep together: unfinished heads, and bytes held for an answer. At the
 * bound held bytes become a gap, and a head that spans segments is given up ("head-too-long").
 */

const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

export class HttpBudget {
  #bytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number = MAX_TOTAL_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** false where there is no room for so much more; nothing is then taken. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}
