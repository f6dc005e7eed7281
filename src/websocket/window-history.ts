/** The last bytes of a stream, as many as an LZ77 window holds (RFC 1951 §2): a ring. */
export class WindowHistory {
  readonly #size: number;
  #ring: Uint8Array | null = null;
  /** Where the next byte goes. */
  #at = 0;
  #isFull = false;

  constructor(windowBits: number) {
    this.#size = 1 << windowBits;
  }

  clear(): void {
    this.#at = 0;
    this.#isFull = false;
  }

  /** Takes the first `length` of these bytes. */
  append(bytes: Uint8Array, length: number): void {
    const ring = (this.#ring ??= new Uint8Array(this.#size));
    const start = Math.max(0, length - this.#size);
    const first = Math.min(length - start, this.#size - this.#at);
    ring.set(bytes.subarray(start, start + first), this.#at);
    ring.set(bytes.subarray(start + first, length), 0);
    if (this.#at + (length - start) >= this.#size) this.#isFull = true;
    this.#at = (this.#at + (length - start)) % this.#size;
  }

  /** A copy, oldest byte first. */
  toBytes(): Uint8Array {
    const ring = this.#ring ?? new Uint8Array(0);
    if (!this.#isFull) return ring.slice(0, this.#at);
    const bytes = new Uint8Array(this.#size);
    bytes.set(ring.subarray(this.#at));
    bytes.set(ring.subarray(0, this.#at), this.#size - this.#at);
    return bytes;
  }
}
