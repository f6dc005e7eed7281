/** The bytes of one printed hex dump, line by line. */

const FIRST_LINE = /^0+$/;

export class HexDump {
  isOpen = false;
  #data: Uint8Array = new Uint8Array(2048);
  #length = 0;
  #isCut = false;

  open(): void {
    this.isOpen = true;
    this.#length = 0;
    this.#isCut = false;
  }

  /** What the dump holds; valid until it is opened again. */
  close(): { readonly data: Uint8Array; readonly isCut: boolean } {
    this.isOpen = false;
    return { data: this.#data.subarray(0, this.#length), isCut: this.#isCut };
  }

  /**
   * What a printed offset means, whose base no line says: hexadecimal nearly always; where that is not what must come, octal (`od`)
   * or decimal (`snoop`), if it is what must come.
   */
  offsetOf(printed: string): number {
    if (FIRST_LINE.test(printed)) return 0;
    const hexadecimal = parseInt(printed, 16);
    if (!this.isOpen || hexadecimal === this.#length) return hexadecimal;
    if (/^[0-7]+$/.test(printed) && parseInt(printed, 8) === this.#length) return this.#length;
    return /^\d+$/.test(printed) && Number(printed) === this.#length ? this.#length : hexadecimal;
  }

  /** A line that does not follow the one before cuts the dump: what comes after it is not known to be in place. */
  add(offset: number, bytes: readonly number[], maxLength: number): void {
    if (!this.isOpen || this.#isCut) return;
    if (offset !== this.#length || offset + bytes.length > maxLength) {
      this.#isCut = true;
      return;
    }
    const length = offset + bytes.length;
    if (length > this.#data.length) {
      const larger = new Uint8Array(Math.max(length, this.#data.length * 2));
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data.set(bytes, offset);
    this.#length = length;
  }
}
