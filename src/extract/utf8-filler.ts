/**
 * Text in place of text, byte by byte: what was UTF-8 stays it, what wasn't stays wrong, a character that is cut stays
 * cut (RFC 3629 §4). Of the content only the lengths of its characters remain. HOT.
 */

/** One character of each length, by bytes. */
const CHARACTERS: readonly (readonly number[])[] = [
  [],
  [0x78], // x
  [0xc3, 0x97], // ×
  [0xe2, 0x80, 0xa2], // •
  [0xf0, 0x9f, 0x94, 0x92], // 🔒
];
/** Begins no character and continues none. */
const WRONG = 0xff;

export class Utf8Filler {
  /** Bytes of the current character, those of them that came, and what the next one may be. */
  #length = 0;
  #came = 0;
  #least = 0x80;
  #most = 0xbf;

  reset(): void {
    this.#came = 0;
    this.#length = 0;
  }

  /** What stands in place of the next byte. */
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

  /** Of the character that a byte begins; 0 where it begins none. Narrows what may follow (table 3-7 of Unicode). */
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
