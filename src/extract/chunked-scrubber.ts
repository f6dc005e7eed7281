/** A chunked body rewritten (RFC 9112 §7.1): sizes stay, data and extensions go, trailers become header lines. */
import { rewriteHeaderLine } from './head-lines.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { RewrittenStream } from './rewritten-stream.ts';

const LF = 0x0a;
const DATA = 0x2e;
/** As long as a size may be; and a line. Beyond it the body is broken. */
const MAX_SIZE_DIGITS = 13;
const MAX_LINE = 4096;

export class ChunkedScrubber {
  readonly #stream: RewrittenStream;
  readonly #pseudonyms: Pseudonyms;
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'done' | 'broken' = 'size';
  #line = '';
  #left = 0;

  constructor(stream: RewrittenStream, pseudonyms: Pseudonyms) {
    this.#stream = stream;
    this.#pseudonyms = pseudonyms;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  get isBroken(): boolean {
    return this.#state === 'broken';
  }

  /** Returns the index after the last byte that it took. */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#state !== 'done' && this.#state !== 'broken') {
      if (this.#state === 'data') {
        const taken = Math.min(this.#left, end - at);
        this.#stream.fill(DATA, taken);
        this.#left -= taken;
        at += taken;
        if (this.#left === 0) this.#state = 'data-end';
        continue;
      }
      const byte = bytes[at++]!;
      this.#line += String.fromCharCode(byte);
      if (byte === LF) this.#endLine();
      else if (this.#line.length > MAX_LINE) this.#break();
    }
    return at;
  }

  /** Whether so many missing bytes all lie in a chunk's data. */
  skip(length: number): boolean {
    if (this.#state !== 'data' || length > this.#left) return false;
    this.#stream.skip(length);
    this.#left -= length;
    if (this.#left === 0) this.#state = 'data-end';
    return true;
  }

  /** What is held back goes as content. */
  flush(): void {
    this.#stream.fill(DATA, this.#line.length);
    this.#line = '';
  }

  #endLine(): void {
    const line = this.#line;
    if (this.#state === 'data-end') {
      if (!/^\r?\n$/.test(line)) {
        this.#break();
        return;
      }
      this.#write(line);
      this.#state = 'size';
    } else if (this.#state === 'trailer') {
      if (/^\r?\n$/.test(line)) this.#state = 'done';
      this.#write(rewriteHeaderLine(line, '', this.#pseudonyms).text);
    } else {
      const [, digits = ''] = /^([0-9a-fA-F]*)/.exec(line) ?? [];
      if (digits === '' || digits.length > MAX_SIZE_DIGITS) {
        this.#break();
        return;
      }
      this.#write(digits + line.slice(digits.length).replaceAll(/[^;\r\n]/g, 'x'));
      this.#left = parseInt(digits, 16);
      this.#state = this.#left === 0 ? 'trailer' : 'data';
    }
  }

  #write(text: string): void {
    this.#stream.append(Buffer.from(text, 'latin1'));
    this.#line = '';
  }

  #break(): void {
    this.flush();
    this.#state = 'broken';
  }
}
