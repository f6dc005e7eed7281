/** Skips a chunked body (RFC 9112 §7.1): sizes are read, data is not kept here. */
import type { HttpSpan, HttpSpans } from './http-spans.ts';
import type { RefusalBody } from './refusal-body.ts';

type State = 'size' | 'extension' | 'data' | 'data-end' | 'trailer' | 'done' | 'broken';

const LF = 0x0a;
const CR = 0x0d;
/** 2^52 bytes: a larger size would not be exact, and no body has it. */
const MAX_SIZE_DIGITS = 13;

/** What the bytes are in each state that reads lines. */
const LINES: Readonly<Record<Exclude<State, 'data' | 'done' | 'broken'>, HttpSpan>> = {
  size: 'chunk-size',
  extension: 'chunk-size',
  'data-end': 'chunk-end',
  trailer: 'trailer',
};

export class ChunkedBody {
  readonly #spans: HttpSpans | null;
  /** Takes the data; null where nobody wants it. */
  sink: Pick<RefusalBody, 'push'> | null = null;
  #state: State = 'size';
  #size = 0;
  #digits = 0;
  /** Bytes of the current trailer line. */
  #lineLength = 0;

  constructor(spans: HttpSpans | null = null) {
    this.#spans = spans;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  get isBroken(): boolean {
    return this.#state === 'broken';
  }

  reset(): void {
    this.#state = 'size';
    this.#size = 0;
    this.#digits = 0;
    this.#lineLength = 0;
  }

  /** Returns the index after the last byte that belongs to the body. */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#state !== 'done' && this.#state !== 'broken') {
      if (this.#state === 'data') {
        const taken = Math.min(this.#size, end - at);
        this.#spans?.span('chunk-data', bytes, at, at + taken);
        this.sink?.push(bytes, at, at + taken);
        this.#size -= taken;
        at += taken;
        if (this.#size === 0) this.#state = 'data-end';
      } else if (this.#spans !== null) {
        at = this.#takeLine(this.#spans, LINES[this.#state], bytes, at, end);
      } else {
        this.#take(bytes[at++]!);
      }
    }
    return at;
  }

  /** Bytes are missing: true where they all lie in the current chunk's data. */
  skip(length: number): boolean {
    if (this.#state !== 'data' || length > this.#size) return false;
    this.#size -= length;
    if (this.#size === 0) this.#state = 'data-end';
    return true;
  }

  /** Takes bytes of one line, and reports what they are. Returns the index after them. */
  #takeLine(spans: HttpSpans, kind: HttpSpan, bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    do this.#take(bytes[at++]!);
    while (at < end && bytes[at - 1] !== LF && !this.isBroken);
    spans.span(kind, bytes, start, at);
    return at;
  }

  #take(byte: number): void {
    switch (this.#state) {
      case 'size': {
        const digit = hexDigit(byte);
        if (digit >= 0 && this.#digits < MAX_SIZE_DIGITS) {
          this.#size = this.#size * 16 + digit;
          this.#digits++;
        } else if (this.#digits === 0 || digit >= 0) this.#state = 'broken';
        else if (byte === LF) this.#endOfSize();
        else this.#state = 'extension';
        break;
      }
      case 'extension':
        if (byte === LF) this.#endOfSize();
        break;
      case 'data-end':
        if (byte === LF) {
          this.#state = 'size';
          this.#size = 0;
          this.#digits = 0;
        } else if (byte !== CR) this.#state = 'broken';
        break;
      case 'trailer':
        if (byte === LF) {
          if (this.#lineLength === 0) this.#state = 'done';
          this.#lineLength = 0;
        } else if (byte !== CR) this.#lineLength++;
        break;
      case 'data':
      case 'done':
      case 'broken':
        break;
    }
  }

  #endOfSize(): void {
    this.#state = this.#size === 0 ? 'trailer' : 'data';
    this.#lineLength = 0;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
