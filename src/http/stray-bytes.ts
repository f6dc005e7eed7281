/**
 * Bytes of a server that are not HTTP, while an upgrade request waits for its answer (for example a frame
 * that was sent too early). They are skipped up to the status line behind them, in linear time on any
 * segmentation.
 */

import { MAX_UNPARSED, type UnparsedBytes } from './exchange-handler.ts';

/**
 * More than anybody sends too early; beyond it the connection is given up as not HTTP.
 * @bound bytes that are not HTTP, passed over in front of an answer: {bytes}
 */
const MAX_STRAY_BYTES = 64 * 1024;

const PREFIX = 'HTTP/1.';
/** "HTTP/1.1 101 ": enough of a status line to know that it is one. */
const STATUS_LINE_LENGTH = PREFIX.length + 6;

const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;

export class StrayBytes {
  /** Where the first of them was captured. */
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  #taken = 0;
  readonly #statusLine = new Uint8Array(STATUS_LINE_LENGTH);
  #matched = 0;
  readonly #beginning: number[] = [];

  constructor(packet: number, seconds: number, nanoseconds: number) {
    this.packet = packet;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
  }

  /** What they begin with. */
  get beginning(): UnparsedBytes {
    const { packet, seconds, nanoseconds } = this;
    return { bytes: Uint8Array.from(this.#beginning), packet, seconds, nanoseconds };
  }

  /** How many stray bytes there are, without those that are, or may be, the status line. */
  get length(): number {
    return this.#taken - this.#matched;
  }

  get isTooLong(): boolean {
    return this.#taken > MAX_STRAY_BYTES;
  }

  /** The beginning of the status line, once `push` has found it. */
  get statusLine(): Uint8Array | null {
    return this.#matched === STATUS_LINE_LENGTH ? this.#statusLine : null;
  }

  /** A copy of what may be the beginning of the status line: none of it counts as stray yet. */
  get possibleStatusLine(): Uint8Array {
    return this.#statusLine.slice(0, this.#matched);
  }

  /** Takes bytes up to where it knows of a status line, or all; returns the index after them. */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#matched < STATUS_LINE_LENGTH) {
      const byte = bytes[at++]!;
      // Only the first byte of a status line is an "H", so no new match can begin inside a failed one.
      if (!isStatusLineByte(byte, this.#matched)) this.#matched = 0;
      if (isStatusLineByte(byte, this.#matched)) this.#statusLine[this.#matched++] = byte;
    }
    this.#taken += at - start;
    for (let kept = start; kept < at && this.#beginning.length < MAX_UNPARSED; kept++) {
      this.#beginning.push(bytes[kept]!);
    }
    return at;
  }
}

/** Whether a byte may stand at `index` of "HTTP/1.1 101 ". */
function isStatusLineByte(byte: number, index: number): boolean {
  if (index < PREFIX.length) return byte === PREFIX.charCodeAt(index);
  switch (index - PREFIX.length) {
    case 1:
      return byte === SPACE;
    case 5:
      return byte === SPACE || byte === CR || byte === LF;
    default:
      return byte >= 0x30 && byte <= 0x39;
  }
}
