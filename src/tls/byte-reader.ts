/** Reads big-endian numbers and vectors of handshake messages; behind the end everything is 0, and nothing is left. */
import { latin1 } from '#platform/text';

export class ByteReader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;
  /** More was asked for than there is. */
  #isShort = false;

  constructor(bytes: Uint8Array, at: number, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = Math.min(at, end);
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  get isShort(): boolean {
    return this.#isShort;
  }

  byte(): number {
    if (this.left > 0) return this.#bytes[this.#at++]!;
    this.#isShort = true;
    return 0;
  }

  /** Two bytes. */
  word(): number {
    return (this.byte() << 8) | this.byte();
  }

  skip(length: number): void {
    if (length > this.left) this.#isShort = true;
    this.#at = Math.min(this.#at + length, this.#end);
  }

  /** A reader of the next bytes. */
  part(length: number): ByteReader {
    const from = this.#at;
    this.skip(length);
    return new ByteReader(this.#bytes, from, this.#at);
  }

  /** A copy of the next bytes. */
  copy(length: number): Uint8Array {
    const from = this.#at;
    this.skip(length);
    return this.#bytes.slice(from, this.#at);
  }

  text(length: number): string {
    const from = this.#at;
    this.skip(length);
    return latin1(this.#bytes, from, this.#at);
  }
}
