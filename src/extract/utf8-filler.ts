/**
 * Replaces text by text, byte by byte: UTF-8 stays UTF-8, wrong bytes stay wrong, and a character that is cut
 * stays cut (RFC 3629 §4). Of the content, only the lengths of the characters remain. HOT.
 */

/** One character of each length, by bytes. */
const CHARACTERS: readonly (readonly number[])[] = [
  [],
  [0x78], // x
  [0xc3, 0x97], // ×
  [0xe2, 0x80, 0xa2], // •
  [0xf0, 0x9f, 0x94, 0x92], // 🔒
];
/** A byte that neither begins nor continues a character. */
const WRONG = 0xff;

export class Utf8Filler {
  /** How many bytes the current character has, how many of them came, and the range of the next one. */
  #length = 0;
  #came = 0;
  #least = 0x80;
  #most = 0xbf;

  reset(): void {
    this.#came = 0;
    this.#length = 0;
  }

  /** The replacement of the next byte. */
  next(byte: number): number {
    if (this.#came < this.#length) {
      if (byte >= this.#least && byte <= this.#most) {
        this.#least = 0x80;
        this.#most = 0xbf;
        return CHARACTERS[this.#length]![this.#came++]!;
      }
      this.reset();
      return WRONG;
    }
    this.#least = 0x80;
    this.#most = 0xbf;
    this.#came = 1;
    this.#length = this.#lengthOf(byte);
    return this.#length === 0 ? WRONG : CHARACTERS[this.#length]![0]!;
  }

  /**
   * Length of the character that a byte begins; 0 where it begins none. Narrows what may follow (Unicode,
   * table 3-7).
   */
  #lengthOf(first: number): number {
    if (first < 0x80) return 1;
    if (first < 0xc2 || first > 0xf4) return 0;
    if (first === 0xe0) this.#least = 0xa0;
    else if (first === 0xed) this.#most = 0x9f;
    else if (first === 0xf0) this.#least = 0x90;
    else if (first === 0xf4) this.#most = 0x8f;
    if (first < 0xe0) return 2;
    return first < 0xf0 ? 3 : 4;
  }
}
