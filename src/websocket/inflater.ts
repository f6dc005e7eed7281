/**
 * One direction of permessage-deflate (RFC 7692 §7.2.2): compressed payload in, in pieces; inflated bytes out.
 *
 * Node's public interface for this costs ten times as much a message, for it has no synchronous stream. The handle
 * behind `createInflateRaw` does; it has been the same since Node 12, and {@link canStream} tries it out once.
 */
import { constants, createInflateRaw, type InflateRaw } from 'node:zlib';
import { WindowHistory } from './window-history.ts';

export interface InflateOutput {
  /** The view is valid until the call returns. Returns whether more is wanted. */
  inflated(bytes: Uint8Array, end: number): boolean;
  /** zlib's stream ended and begins anew in the same context, which takes long. Returns whether more is wanted. */
  reopened(): boolean;
}

/** "stopped": the output wanted no more. */
export type InflateResult = 'ok' | 'failed' | 'stopped';

interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputStart: number,
    inputLength: number,
    output: Uint8Array,
    outputStart: number,
    outputLength: number,
  ): void;
  onerror: (message: string, errno: number, code: string) => void;
  reset(): void;
  close(): void;
}

interface ZlibStream {
  readonly _handle: ZlibHandle;
  /** What the last call left: room in the output, bytes of the input. */
  readonly _writeState: Uint32Array;
}

const output = new Uint8Array(65536);
/** What senders leave out at the end of each message (RFC 7692 §7.2.1). */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

export class Inflater {
  readonly #windowBits: number;
  readonly #output: InflateOutput;
  /** What came out last, for a stream that begins anew in the middle of a context. */
  readonly #history: WindowHistory;
  #stream: ZlibStream;
  #hasDictionary = false;
  #isFresh = true;
  /** What zlib says is wrong; null while nothing is. */
  error: string | null = null;

  /** @param windowBits 8 to 15: the window that its sender agreed to */
  constructor(windowBits: number, into: InflateOutput) {
    this.#windowBits = windowBits;
    this.#output = into;
    this.#history = new WindowHistory(windowBits);
    this.#stream = this.#open(undefined);
  }

  /** The next message begins with an empty window, whatever came before. */
  reset(): void {
    this.error = null;
    if (this.#isFresh) return;
    this.#history.clear();
    if (this.#hasDictionary) this.#reopen(undefined);
    else this.#stream._handle.reset();
    this.#isFresh = true;
  }

  write(bytes: Uint8Array, start: number, end: number): InflateResult {
    this.#isFresh = false;
    let at = start;
    while (at < end) {
      const before = at;
      const result = this.#step(bytes, at, end);
      if (result !== 'ok') return result;
      const [room, left] = this.#stream._writeState as unknown as [number, number];
      at = end - left;
      // A final block ended the deflate stream (§7.2.3.4): what follows is a new one, in the same context.
      if (at === before && room === output.length && !this.#goOn()) return 'stopped';
    }
    return this.#drain();
  }

  /** The message is complete. */
  finish(): InflateResult {
    const result = this.#step(TAIL, 0, TAIL.length);
    if (result !== 'ok') return result;
    const [room, left] = this.#stream._writeState as unknown as [number, number];
    if (left === TAIL.length && room === output.length && !this.#goOn()) return 'stopped';
    return this.#drain();
  }

  /** Gives back what zlib holds. */
  close(): void {
    this.#stream._handle.close();
  }

  /** One call of zlib, and its output handed on. */
  #step(bytes: Uint8Array, start: number, end: number): InflateResult {
    const { _handle: handle, _writeState: state } = this.#stream;
    handle.writeSync(constants.Z_SYNC_FLUSH, bytes, start, end - start, output, 0, output.length);
    if (this.error !== null) return 'failed';
    const produced = output.length - state[0]!;
    if (produced === 0) return 'ok';
    this.#history.append(output, produced);
    return this.#output.inflated(output, produced) ? 'ok' : 'stopped';
  }

  /** Output that found no room yet. */
  #drain(): InflateResult {
    while (this.#stream._writeState[0] === 0) {
      const result = this.#step(TAIL, 0, 0);
      if (result !== 'ok') return result;
    }
    return 'ok';
  }

  /** A new stream in the context of the last one. */
  #goOn(): boolean {
    this.#reopen(this.#history.toBytes());
    return this.#output.reopened();
  }

  #reopen(dictionary: Uint8Array | undefined): void {
    this.#stream._handle.close();
    this.#stream = this.#open(dictionary);
    this.#hasDictionary = dictionary !== undefined && dictionary.length > 0;
  }

  #open(dictionary: Uint8Array | undefined): ZlibStream {
    const hasDictionary = dictionary !== undefined && dictionary.length > 0;
    const stream = internals(
      createInflateRaw({ windowBits: this.#windowBits, ...(hasDictionary ? { dictionary } : {}) }),
    );
    stream._handle.onerror = (message) => {
      this.error = message;
    };
    return stream;
  }
}

function internals(stream: InflateRaw): ZlibStream {
  return stream as unknown as ZlibStream;
}

let isStreaming: boolean | null = null;

/** Whether this Node has the handle as {@link Inflater} uses it. Without it compressed messages are not looked into. */
export function canStream(): boolean {
  isStreaming ??= tryOut();
  return isStreaming;
}

function tryOut(): boolean {
  const chunks: number[] = [];
  try {
    const inflater = new Inflater(15, {
      inflated: (bytes, end) => chunks.push(...bytes.subarray(0, end)) > 0,
      reopened: () => true,
    });
    // "Hello" twice, the second time by reference to the first (RFC 7692 §7.2.3.2).
    const results = ['f248cdc9c90700', 'f200110000'].flatMap((hex) => {
      const bytes = Buffer.from(hex, 'hex');
      return [inflater.write(bytes, 0, bytes.length), inflater.finish()];
    });
    inflater.close();
    return (
      results.every((result) => result === 'ok') && Buffer.from(chunks).toString('latin1') === 'HelloHello'
    );
  } catch {
    return false;
  }
}
