/**
 * What all compressed directions of a capture may take together. At a bound a direction is not inflated any more, and
 * the report says so: a small capture can't keep wscap busy for hours, or fill its memory with windows.
 */

/**
 * How many directions may have a zlib stream at once; each stream holds up to 75 KB. Any capture may have
 * FREE_OPEN, and one more for each BYTES_FOR_ONE_MORE compressed bytes that came, up to MAX_OPEN: a small
 * capture can't take much memory.
 * @bound directions with a zlib stream at once: {count} in any capture
 */
const FREE_OPEN = 1536;
/** @bound directions with a zlib stream at once: one more for each {bytes} compressed */
const BYTES_FOR_ONE_MORE = 16 * 1024;
/** @bound directions with a zlib stream at once: at most {count} */
const MAX_OPEN = 4096;
/**
 * Any capture may inflate to FREE_OUTPUT bytes, and to MAX_RATIO times its compressed bytes beyond that.
 * @bound inflated bytes in all: {bytes} in any capture
 */
const FREE_OUTPUT = 512 * 1024 * 1024;
/** @bound inflated bytes in all: {count} times the compressed ones beyond that */
const MAX_RATIO = 40;
/** A new zlib stream counts as this many inflated bytes: it takes as long as they do. */
const REOPEN_COST = 4096;

export class InflateBudget {
  #open = 0;
  /** Compressed bytes so far. */
  #input = 0;
  #outputLeft = FREE_OUTPUT;

  /** Directions with a zlib stream of their own now. */
  get openCount(): number {
    return this.#open;
  }

  /** Whether one more direction may be inflated. */
  open(): boolean {
    const allowed = Math.min(MAX_OPEN, FREE_OPEN + Math.floor(this.#input / BYTES_FOR_ONE_MORE));
    if (this.#open >= allowed) return false;
    this.#open++;
    return true;
  }

  release(): void {
    this.#open--;
  }

  /** Compressed bytes came. */
  input(length: number): void {
    this.#input += length;
    this.#outputLeft += length * MAX_RATIO;
  }

  /** Inflated bytes came out; returns false when that was too much. */
  output(length: number): boolean {
    this.#outputLeft -= length;
    return this.#outputLeft >= 0;
  }

  /**
   * A direction's zlib stream ended inside its context, and begins anew; returns false when that was too
   * much.
   */
  reopen(): boolean {
    return this.output(REOPEN_COST);
  }
}
