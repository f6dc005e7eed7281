/**
 * Rewrites bytes that stand in the place of a frame and are none, so that an analysis finds the same: line ends stay, of text its
 * shape, of HTTP the status line, or the method and the version, and what says how long the body is. A request's path, values of headers
 * and bodies lose their letters and digits.
 */
import type { ForeignKind } from '../websocket/foreign-bytes.ts';

/** In lower case: headers whose values name nobody, and say where the body ends or which product speaks. */
const KEPT_HEADERS: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'server',
]);
/** A longer name is none of those. */
const MAX_NAME = 32;

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const FILLER = 0x78;

type Part = 'start-line' | 'name' | 'value' | 'body';

export class ForeignScrubber {
  #kind: ForeignKind = 'text';
  #part: Part = 'body';
  /** Spaces so far in the start line. */
  #words = 0;
  #name = '';

  /** The next bytes, rewritten; `isFirst`: something new begins with them. */
  rewrite(kind: ForeignKind, bytes: Uint8Array, start: number, end: number, isFirst: boolean): Uint8Array {
    if (isFirst) this.#begin(kind);
    return Uint8Array.from(bytes.subarray(start, end), (byte) => this.#next(byte));
  }

  #begin(kind: ForeignKind): void {
    this.#kind = kind;
    this.#part = kind === 'text' || kind === 'stray' ? 'body' : 'start-line';
    this.#words = 0;
    this.#name = '';
  }

  #next(byte: number): number {
    if (this.#kind === 'stray') return byte;
    if (byte === LF) this.#endLine();
    switch (this.#part) {
      case 'start-line':
        if (byte === SPACE) this.#words++;
        return this.#kind === 'http-request' && this.#words === 1 ? filled(byte) : byte;
      case 'name':
        if (byte === COLON) this.#part = 'value';
        else if (byte !== CR && byte !== LF && this.#name.length <= MAX_NAME)
          this.#name += String.fromCharCode(byte).toLowerCase();
        return byte;
      case 'value':
        return KEPT_HEADERS.has(this.#name) ? byte : filled(byte);
      case 'body':
        return filled(byte);
    }
  }

  #endLine(): void {
    if (this.#part === 'body') return;
    // A line without a name is the blank one that ends the head.
    this.#part = this.#part === 'name' && this.#name === '' ? 'body' : 'name';
    this.#name = '';
  }
}

/** Letters, digits and all that is not ASCII become the same letter. */
function filled(byte: number): number {
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
  const isDigit = byte >= 0x30 && byte <= 0x39;
  return isLetter || isDigit || byte > 0x7e ? FILLER : byte;
}
