/**
 * One direction of permessage-deflate (RFC 7692 §7.2.2): compressed payload in, in pieces; inflated bytes
 * out. HOT: `writeLast` runs once a message. When a message comes, the memory of its direction has left the
 * processor's cache, so a message should touch little of it: all directions share the buffers for input and
 * output.
 */
import { openRawInflate } from '#platform/raw-inflate';
import { room, unread, type OpenRawInflate, type RawInflate } from '../platform/raw-inflate.ts';
import { WindowHistory } from './window-history.ts';

export interface InflateOutput {
  /** The view is valid until the call returns. Returns whether more is wanted. */
  inflated(bytes: Uint8Array, end: number): boolean;
  /**
   * zlib's stream ended and begins anew in the same context, which is slow. Returns whether more is wanted.
   */
  reopened(): boolean;
}

/**
 * "stopped": the output wanted no more. "not-kept": the message refers to output not kept (see
 * MESSAGES_KEPT).
 */
export type InflateResult = 'ok' | 'failed' | 'stopped' | 'not-kept';

const output = new Uint8Array(65536);
/** What senders leave out at the end of each message (RFC 7692 §7.2.1). */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
/**
 * A last piece up to this long is copied before the tail: a second call of zlib would take longer than the
 * copy.
 */
const LONGEST_COPY = 8192;
const withTail = new Uint8Array(LONGEST_COPY + TAIL.length);
/** Below this a loop over bytes is quicker than a call of `set`. */
const SET_FROM = 64;
/**
 * A sender that ends deflate streams inside its context (§7.2.3.4) ends one with each message, or with each
 * large one. Once this many messages of a direction have ended none, the output is not kept for that case any
 * more: keeping it takes a third of the time that inflating takes.
 */
const MESSAGES_KEPT = 16;

export class Inflater {
  readonly #windowBits: number;
  readonly #output: InflateOutput;
  readonly #open: OpenRawInflate;
  #stream: RawInflate;
  /** The last output, for a stream that begins anew in the middle of a context: zlib doesn't give it back. */
  #history: WindowHistory | null;
  /** Complete messages while no stream has ended; NaN from then on. */
  #messages = 0;
  /** A stream ended when the output was not kept any more: what the context holds before that is unknown. */
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

  /** zlib's error message; null while there is none. */
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

  /** Takes `length` compressed bytes, and the tail behind them. */
  #finish(bytes: Uint8Array, length: number): InflateResult {
    const result = this.#run(bytes, 0, length, length + TAIL.length);
    if (this.#messages < MESSAGES_KEPT && ++this.#messages === MESSAGES_KEPT) this.#history = null;
    return result;
  }

  /** Takes compressed bytes up to `end`, and the tail from there up to `tailEnd`. */
  #run(bytes: Uint8Array, start: number, end: number, tailEnd: number): InflateResult {
    this.#isFresh = false;
    let at = start;
    while (at < tailEnd) {
      const before = at;
      const result = this.#step(bytes, at, tailEnd);
      if (result !== 'ok') return result;
      at = tailEnd - unread();
      if (at > before || room() < output.length) continue;
      // A final block ended the deflate stream: what follows is a new stream in the same context. Where only
      // the tail is left, the next message begins that stream, unless the next message has a context of its
      // own.
      if (at >= end) return 'ok';
      if (!this.#goOn()) return 'stopped';
    }
    // The output that had no room yet.
    while (room() === 0) {
      const result = this.#step(TAIL, 0, 0);
      if (result !== 'ok') return result;
    }
    return 'ok';
  }

  /** Calls zlib once, and hands its output on. */
  #step(bytes: Uint8Array, start: number, end: number): InflateResult {
    this.#stream.run(bytes, start, end, output);
    if (this.#stream.error !== null) return this.#isPartial ? 'not-kept' : 'failed';
    const produced = output.length - room();
    if (produced === 0) return 'ok';
    this.#history?.append(output, produced);
    return this.#output.inflated(output, produced) ? 'ok' : 'stopped';
  }

  /** Begins a new stream in the context of the last one. */
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
