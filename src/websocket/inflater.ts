/**
 * One direction of permessage-deflate (RFC 7692 §7.2.2): compressed payload in, in pieces; inflated bytes out. HOT:
 * `writeLast` runs once a message. What a message touches of its direction is not in the processor's cache any more,
 * so it is kept little: where input and output pass is the same memory for all directions.
 */
import { openRawInflate } from '#platform/raw-inflate';
import { room, unread, type OpenRawInflate, type RawInflate } from '../platform/raw-inflate.ts';
import { WindowHistory } from './window-history.ts';

export interface InflateOutput {
  /** The view is valid until the call returns. Returns whether more is wanted. */
  inflated(bytes: Uint8Array, end: number): boolean;
  /** zlib's stream ended and begins anew in the same context, which takes long. Returns whether more is wanted. */
  reopened(): boolean;
}

/** "stopped": the output wanted no more. "not-kept": it refers to what was not kept (see MESSAGES_KEPT). */
export type InflateResult = 'ok' | 'failed' | 'stopped' | 'not-kept';

const output = new Uint8Array(65536);
/** What senders leave out at the end of each message (RFC 7692 §7.2.1). */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
/** The last piece of a message with its tail: a call of zlib takes longer than the copy. */
const LONGEST_COPY = 8192;
const withTail = new Uint8Array(LONGEST_COPY + TAIL.length);
/** Below this a loop over bytes is quicker than a call of `set`. */
const SET_FROM = 64;
/**
 * A sender that ends deflate streams inside its context (§7.2.3.4) ends one with each message, or each large one. Of a
 * direction in which so many messages ended none, the output is not kept for the case any more: keeping it takes a
 * third of the time that inflating takes.
 */
const MESSAGES_KEPT = 16;

export class Inflater {
  readonly #windowBits: number;
  readonly #output: InflateOutput;
  readonly #open: OpenRawInflate;
  #stream: RawInflate;
  /** What came out last, for a stream that begins anew in the middle of a context: zlib doesn't give it back. */
  #history: WindowHistory | null;
  /** Complete messages while no stream has ended; NaN from then on. */
  #messages = 0;
  /** A stream ended when the output was not kept any more: what came before it is unknown. */
  #isPartial = false;
  #isFresh = true;

  /**
   * @param windowBits 8 to 15: the window that its sender agreed to
   * @param open what inflates: the quickest that this platform has, but in tests
   */
  constructor(windowBits: number, into: InflateOutput, open: OpenRawInflate = openRawInflate) {
    this.#open = open;
    this.#windowBits = windowBits;
    this.#output = into;
    this.#history = new WindowHistory(windowBits);
    this.#stream = open(windowBits);
  }

  /** What zlib says is wrong; null while nothing is. */
  get error(): string | null {
    return this.#stream.error;
  }

  /** The next message begins with an empty window, whatever came before. */
  reset(): void {
    if (this.#isFresh) return;
    this.#history?.clear();
    this.#isPartial = false;
    if (this.#stream.hasDictionary) this.#reopen(undefined);
    else this.#stream.reset();
    this.#isFresh = true;
  }

  /** The next piece of a message. */
  write(bytes: Uint8Array, start: number, end: number): InflateResult {
    return this.#run(bytes, start, end, end);
  }

  /** The last piece of a message: {@link write} and {@link finish} in one. */
  writeLast(bytes: Uint8Array, start: number, end: number): InflateResult {
    const length = end - start;
    if (length > LONGEST_COPY) {
      const result = this.write(bytes, start, end);
      return result === 'ok' ? this.finish() : result;
    }
    if (length < SET_FROM) for (let i = 0; i < length; i++) withTail[i] = bytes[start + i]!;
    else withTail.set(bytes.subarray(start, end));
    for (let i = 0; i < TAIL.length; i++) withTail[length + i] = TAIL[i]!;
    return this.#finish(withTail, length);
  }

  /** The message is complete. */
  finish(): InflateResult {
    return this.#finish(TAIL, 0);
  }

  /** Gives back what zlib holds. */
  close(): void {
    this.#stream.close();
  }

  /** So many compressed bytes, the tail behind them. */
  #finish(bytes: Uint8Array, length: number): InflateResult {
    const result = this.#run(bytes, 0, length, length + TAIL.length);
    if (this.#messages < MESSAGES_KEPT && ++this.#messages === MESSAGES_KEPT) this.#history = null;
    return result;
  }

  /** Compressed bytes up to `end`, the tail from there up to `tailEnd`. */
  #run(bytes: Uint8Array, start: number, end: number, tailEnd: number): InflateResult {
    this.#isFresh = false;
    let at = start;
    while (at < tailEnd) {
      const before = at;
      const result = this.#step(bytes, at, tailEnd);
      if (result !== 'ok') return result;
      at = tailEnd - unread();
      if (at > before || room() < output.length) continue;
      // A final block ended the deflate stream: what follows is a new one, in the same context. When only the tail is
      // left that is the next message, if it has no context of its own.
      if (at >= end) return 'ok';
      if (!this.#goOn()) return 'stopped';
    }
    // Output that found no room yet.
    while (room() === 0) {
      const result = this.#step(TAIL, 0, 0);
      if (result !== 'ok') return result;
    }
    return 'ok';
  }

  /** One call of zlib, and its output handed on. */
  #step(bytes: Uint8Array, start: number, end: number): InflateResult {
    this.#stream.run(bytes, start, end, output);
    if (this.#stream.error !== null) return this.#isPartial ? 'not-kept' : 'failed';
    const produced = output.length - room();
    if (produced === 0) return 'ok';
    this.#history?.append(output, produced);
    return this.#output.inflated(output, produced) ? 'ok' : 'stopped';
  }

  /** A new stream in the context of the last one. */
  #goOn(): boolean {
    this.#messages = NaN;
    if (this.#history === null) {
      this.#isPartial = true;
      this.#history = new WindowHistory(this.#windowBits);
    }
    const window = this.#history.toBytes();
    this.#reopen(window.length === 0 ? undefined : window);
    return this.#output.reopened();
  }

  #reopen(dictionary: Uint8Array | undefined): void {
    this.#stream.close();
    this.#stream = this.#open(this.#windowBits, dictionary);
  }
}
