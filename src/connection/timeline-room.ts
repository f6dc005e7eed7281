/**
 * The events of all open connections in one typed array: side by side they stay in the processor's cache.
 * When each connection had an array of its own, the arrays were all over memory, and every frame waited for
 * its row. HOT.
 */

/** Numbers of a block: 16 rows of 5 (see timeline.ts). */
const BLOCK = 80;
const INITIAL_BLOCKS = 4;

export class TimelineRoom {
  /** Replaced when more room is needed: read this field again for each use. */
  rows: Int32Array = new Int32Array(INITIAL_BLOCKS * BLOCK);
  #used = 0;
  readonly #free: number[] = [];

  /** Takes a block. Returns the index of its first number; its content is left over from the last owner. */
  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const at = this.#used;
    this.#used += BLOCK;
    if (this.#used > this.rows.length) {
      const larger = new Int32Array(this.rows.length * 2);
      larger.set(this.rows);
      this.rows = larger;
    }
    return at;
  }

  release(at: number): void {
    this.#free.push(at);
  }
}
