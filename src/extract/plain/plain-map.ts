/**
 * Where the bytes of a direction of TCP are among the bytes inside its carriers. TCP's offset behind a segment leads to the offset behind
 * everything that was inside up to there: a record counts where its last byte is.
 */
export class PlainMap {
  /** Up to this offset the bytes are in no carrier: both offsets are the same. Infinity while none has begun. */
  #plainEnd = Infinity;
  /** Pairs, ascending: offsets of TCP, and of the bytes inside. */
  readonly #outer: number[] = [];
  readonly #inner: number[] = [];

  /** A carrier begins at this offset. */
  begin(offset: number): void {
    this.#plainEnd = offset;
  }

  /** Everything inside before the first offset, which is TCP's, is before the second. */
  add(outer: number, inner: number): void {
    if (this.#plainEnd === Infinity || inner <= (this.#inner.at(-1) ?? this.#plainEnd)) return;
    this.#outer.push(outer);
    this.#inner.push(inner);
  }

  /** The offset inside that belongs to an offset of TCP. */
  inside(outer: number): number {
    if (outer <= this.#plainEnd) return outer;
    let low = 0;
    let high = this.#outer.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#outer[middle]! <= outer) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? this.#plainEnd : this.#inner[low - 1]!;
  }
}
