/** Collects the bytes of one head until its empty line. */

/** A head longer than this is given up ("head-too-long"); servers refuse far shorter ones. */
const MAX_HEAD_BYTES = 64 * 1024;
const INITIAL_BYTES = 1024;
const LF = 0x0a;
const CR = 0x0d;

export class HeadBuffer {
  #bytes = new Uint8Array(0);
  #length = 0;
  #lineCount = 0;
  /** Index of the current line's first byte. */
  #lineStart = 0;
  #isComplete = false;

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Complete lines so far. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /** The empty line has come. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  get isFull(): boolean {
    return this.#length > MAX_HEAD_BYTES;
  }

  /** Takes bytes that hold a LF at most as their last byte. */
  append(bytes: Uint8Array, start: number, end: number): void {
    const count = Math.min(end - start, MAX_HEAD_BYTES + 1 - this.#length);
    this.#reserve(this.#length + count);
    this.#bytes.set(bytes.subarray(start, start + count), this.#length);
    this.#length += count;
    if (this.#bytes[this.#length - 1] !== LF) return;
    const lineLength = this.#length - 1 - this.#lineStart;
    const isEmpty = lineLength === 0 || (lineLength === 1 && this.#bytes[this.#lineStart] === CR);
    if (isEmpty && this.#lineCount > 0) this.#isComplete = true;
    this.#lineCount++;
    this.#lineStart = this.#length;
  }

  /** The head as Latin-1, its empty line included; the buffer is then empty. */
  takeText(): string {
    const text = Buffer.from(this.#bytes.buffer, 0, this.#length).toString('latin1');
    this.clear();
    return text;
  }

  clear(): void {
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    this.#lineCount = 0;
    this.#lineStart = 0;
    this.#isComplete = false;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(INITIAL_BYTES, this.#bytes.length * 2, length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
