/**
 * Raw inflate by pako, a port of zlib to JavaScript: several times slower than zlib itself, but it runs
 * everywhere.
 */
import type * as pako from 'pako';
import { left, type OpenRawInflate, type RawInflate } from './raw-inflate.ts';

/** The parts of pako that are used: a bundle needs no more of it. */
export type Pako = Pick<
  typeof pako,
  | 'ZStream'
  | 'zlibInflate'
  | 'zlibInflateEnd'
  | 'zlibInflateInit2'
  | 'zlibInflateReset'
  | 'zlibInflateSetDictionary'
>;

/** The numbers are those of zlib.h. */
const Z_SYNC_FLUSH = 2;
const Z_OK = 0;
const Z_STREAM_END = 1;
/** There was nothing to do, for want of input or of room. */
const Z_BUF_ERROR = -5;

const NOTHING = new Uint8Array(0);

export function inflateWith(library: Pako): OpenRawInflate {
  return (windowBits, dictionary) => new PakoInflate(library, windowBits, dictionary);
}

class PakoInflate implements RawInflate {
  readonly hasDictionary: boolean;
  readonly #pako: Pako;
  readonly #stream: pako.ZStream;
  error: string | null = null;

  constructor(library: Pako, windowBits: number, dictionary: Uint8Array | undefined) {
    this.hasDictionary = dictionary !== undefined;
    this.#pako = library;
    this.#stream = new library.ZStream();
    // Negative, as in zlib: no header, no checksum.
    library.zlibInflateInit2(this.#stream, -windowBits);
    if (dictionary !== undefined) library.zlibInflateSetDictionary(this.#stream, dictionary);
  }

  run(bytes: Uint8Array, start: number, end: number, output: Uint8Array<ArrayBuffer>): void {
    const stream = this.#stream;
    stream.input = bytes;
    stream.next_in = start;
    stream.avail_in = end - start;
    stream.output = output;
    stream.next_out = 0;
    stream.avail_out = output.length;
    const status = this.#pako.zlibInflate(stream, Z_SYNC_FLUSH);
    left[0] = stream.avail_out;
    left[1] = stream.avail_in;
    // It would keep a whole chunk of the file in memory.
    stream.input = NOTHING;
    if (status === Z_OK || status === Z_STREAM_END || status === Z_BUF_ERROR) return;
    this.error = stream.msg === '' ? 'Zlib error' : stream.msg;
  }

  reset(): void {
    this.#pako.zlibInflateReset(this.#stream);
    this.error = null;
  }

  close(): void {
    this.#pako.zlibInflateEnd(this.#stream);
  }
}
