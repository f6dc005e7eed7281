/**
 * UTF-8 over a text that comes in pieces (RFC 6455 §8.1, RFC 3629): a character may be cut anywhere between them. HOT.
 */
import { isUtf8 } from '#platform/utf8';
import { isAscii } from './ascii.ts';

/** Below this length a loop is quicker than a call into Node and the view that the call needs. */
const NATIVE_FROM = 512;

export class Utf8Validator {
  /** The first bytes of a character that the end of a piece has cut. */
  readonly #cut = new Uint8Array(4);
  #cutLength = 0;
  #cutNeeds = 0;
  #isValid = true;

  reset(): void {
    this.#cutLength = 0;
    this.#isValid = true;
  }

  /** Whether all that came is UTF-8, and ends between characters. */
  get isComplete(): boolean {
    return this.#isValid && this.#cutLength === 0;
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (!this.#isValid) return;
    while (this.#cutLength > 0 && at < end) {
      this.#cut[this.#cutLength++] = bytes[at++]!;
      if (this.#cutLength < this.#cutNeeds) continue;
      this.#isValid = isUtf8(this.#cut.subarray(0, this.#cutLength));
      this.#cutLength = 0;
      if (!this.#isValid) return;
    }
    if (at >= end || (end - at < NATIVE_FROM && isAscii(bytes, at, end, 0, 0))) return;
    const whole = this.#holdBackCut(bytes, at, end);
    if (whole > at) this.#isValid = isUtf8(bytes.subarray(at, whole));
  }

  /**
   * Keeps the character that is cut by the end of these bytes, if any; returns where the whole characters
   * end.
   */
  #holdBackCut(bytes: Uint8Array, start: number, end: number): number {
    for (let back = 1; back <= 3 && end - back >= start; back++) {
      const byte = bytes[end - back]!;
      if (byte < 0x80) return end;
      if (byte < 0xc0) continue;
      const needs = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      if (needs <= back) return end;
      for (let i = 0; i < back; i++) this.#cut[i] = bytes[end - back + i]!;
      this.#cutLength = back;
      this.#cutNeeds = needs;
      return end - back;
    }
    return end;
  }
}
