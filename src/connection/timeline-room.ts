/**
 * The events of all open connections in one typed array: side by side they stay in the processor's cache. As arrays of
 * their own they lay all over memory, and every frame waited for its row. HOT.
 */

/** Numbers of a block: 16 rows of 5 (see timeline.ts). */
const BLOCK = 80;
const INITIAL_BLOCKS = 4;

export class TimelineRoom {
  /** Replaced when more room is needed: look it up anew for each use. */
  rows: Int32Array = new Int32Array(INITIAL_BLOCKS * BLOCK);
  #used = 0;
  readonly #free: number[] = [];

  /** Index of a block's first number. What stands in it is left over from its last owner. */
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
