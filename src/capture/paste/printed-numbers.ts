/**
 * Sequence numbers as texts print them: absolute ones, and relative ones that count from the first number of the direction
 * (tcpdump's default, Wireshark's default). Which of the two a number is, no text says: it is what stands nearest to the number
 * that must come next.
 */

/**
 * A first number below this counts as relative to a beginning that the text doesn't show: one of 2^32 that a host drew is as
 * small only once in four thousand times.
 */
const RELATIVE_STARTS_BELOW = 1 << 20;

/** The numbers of one direction of a connection. */
export class PrintedNumbers {
  /** What relative numbers count from; null before the first number. */
  #base: number | null = null;
  /** The number after the last one seen. */
  #next: number | null = null;

  /** The number after everything that this direction has sent, modulo 2^32; 1 where nothing is known. */
  get next(): number {
    return this.#next ?? 1;
  }

  get isKnown(): boolean {
    return this.#next !== null;
  }

  /** A SYN: `printed` is absolute, and numbers count from it. `start` is put in its place where it is 0. */
  begin(printed: number, start: number): number {
    // Sent again, it is the same.
    if (printed === 0 && this.#base !== null) return this.#base;
    const sequence = printed === 0 ? start : printed;
    this.#base = sequence;
    this.#next = (sequence + 1) >>> 0;
    return sequence;
  }

  /** The printed number, on the scale of this direction. `isAcknowledgement`: it is printed by the other side. */
  resolve(printed: number, isAcknowledgement: boolean): number {
    if (this.#base === null) {
      // tcpdump prints the first number of a direction as it is, and counts from it. What is acknowledged is one further.
      this.#base = printed < RELATIVE_STARTS_BELOW ? 0 : (printed - (isAcknowledgement ? 1 : 0)) >>> 0;
      return printed >>> 0;
    }
    const relative = (this.#base + printed) >>> 0;
    const absolute = printed >>> 0;
    const next = this.next;
    return distance(absolute, next) < distance(relative, next) ? absolute : relative;
  }

  /** Everything up to `end` was sent, or acknowledged. */
  advance(end: number): void {
    if (this.#next === null || ((end - this.#next) | 0) > 0) this.#next = end >>> 0;
  }

  /** The bytes of a packet show that what is printed as `printed` is `sequence`. */
  learn(printed: number, sequence: number): void {
    if (printed !== sequence) this.#base = (sequence - printed) >>> 0;
    else this.#base ??= sequence;
  }
}

/** How far two numbers are apart, modulo 2^32 (RFC 9293 §3.4). */
function distance(a: number, b: number): number {
  return Math.abs((a - b) | 0);
}
