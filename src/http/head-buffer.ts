/** Collects the bytes of one head that spans segments, up to its empty line. */

import { latin1 } from '#platform/text';
import type { HttpBudget } from './http-budget.ts';

/**
 * A head longer than this is given up ("head-too-long"); servers refuse far shorter ones.
 * @bound head of a request or response: {bytes}
 */
export const MAX_HEAD_BYTES: number = 64 * 1024;
/**
 * A head of more lines is given up too: each line costs far more than its bytes; servers take a hundred or
 * two.
 * @bound head of a request or response: {count} lines
 */
const MAX_HEAD_LINES = 1024;
const INITIAL_BYTES = 1024;
const LF = 0x0a;
const CR = 0x0d;

/** Index after the empty line that ends the head which begins at `start`; -1 where it is not there. */
export function findHeadEnd(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + MAX_HEAD_BYTES);
  let lines = 0;
  for (let at = start; at < limit; at++) {
    if (bytes[at] !== LF) continue;
    if (++lines > MAX_HEAD_LINES) return -1;
    if (at + 1 < limit && bytes[at + 1] === LF) return at + 2;
    if (at + 2 < limit && bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
}

const NOTHING = new Uint8Array(0);

export class HeadBuffer {
  #bytes: Uint8Array = NOTHING;
  #length = 0;
  #lineCount = 0;
  /** Index of the current line's first byte. */
  #lineStart = 0;
  #isComplete = false;
  readonly #budget: HttpBudget;
  #isOverBudget = false;

  constructor(budget: HttpBudget) {
    this.#budget = budget;
  }

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

  /** Too long, by itself or together with all others. */
  get isFull(): boolean {
    return this.#length > MAX_HEAD_BYTES || this.#lineCount > MAX_HEAD_LINES || this.#isOverBudget;
  }

  /** Nothing of the next line has come yet. */
  get isAtLineStart(): boolean {
    return this.#length === this.#lineStart;
  }

  /** Takes bytes up to the end of a line, or all; returns the index after them. */
  appendLine(bytes: Uint8Array, start: number, end: number): number {
    const limit = Math.min(end, start + MAX_HEAD_BYTES + 1 - this.#length);
    let at = start;
    while (at < limit && bytes[at] !== LF) at++;
    const isLineEnd = at < limit;
    if (isLineEnd) at++;
    if (!this.#reserve(this.#length + at - start)) return at;
    this.#bytes.set(bytes.subarray(start, at), this.#length);
    this.#length += at - start;
    if (isLineEnd) this.#endLine();
    return at;
  }

  /** The head as Latin-1, its empty line included; the buffer is then empty. */
  takeText(): string {
    const text = latin1(this.#bytes, 0, this.#length);
    this.clear();
    return text;
  }

  clear(): void {
    this.#budget.release(this.#bytes.length);
    this.#bytes = NOTHING;
    this.#length = 0;
    this.#lineCount = 0;
    this.#lineStart = 0;
    this.#isComplete = false;
    this.#isOverBudget = false;
  }

  #endLine(): void {
    const lineLength = this.#length - 1 - this.#lineStart;
    const isEmpty = lineLength === 0 || (lineLength === 1 && this.#bytes[this.#lineStart] === CR);
    if (isEmpty && this.#lineCount > 0) this.#isComplete = true;
    this.#lineCount++;
    this.#lineStart = this.#length;
  }

  /** false where all heads together leave no room for it. */
  #reserve(length: number): boolean {
    const present = this.#bytes.length;
    if (length <= present) return true;
    const wanted = Math.max(INITIAL_BYTES, present * 2, length);
    if (!this.#budget.take(wanted - present)) {
      this.#isOverBudget = true;
      return false;
    }
    const larger = new Uint8Array(wanted);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    return true;
  }
}
