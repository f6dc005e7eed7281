/** Raw inflate by pako, a port of zlib to JavaScript: several times slower than zlib itself, but wherever JavaScript runs. */
import { Z_SYNC_FLUSH, zlibInflate, zlibInflateEnd, zlibInflateInit2, zlibInflateReset } from 'pako';
import { zlibInflateSetDictionary, ZStream, Z_BUF_ERROR, Z_OK, Z_STREAM_END } from 'pako';
import { left, type RawInflate } from '../raw-inflate.ts';

const NOTHING = new Uint8Array(0);

export function openRawInflate(windowBits: number, dictionary?: Uint8Array): RawInflate {
  return new PakoInflate(windowBits, dictionary);
}

class PakoInflate implements RawInflate {
  readonly hasDictionary: boolean;
  readonly #stream = new ZStream();
  error: string | null = null;

  constructor(windowBits: number, dictionary: Uint8Array | undefined) {
    this.hasDictionary = dictionary !== undefined;
    // Negative, as in zlib: no header, no checksum.
    zlibInflateInit2(this.#stream, -windowBits);
    if (dictionary !== undefined) zlibInflateSetDictionary(this.#stream, dictionary);
  }

  run(bytes: Uint8Array, start: number, end: number, output: Uint8Array<ArrayBuffer>): void {
    const stream = this.#stream;
    stream.input = bytes;
    stream.next_in = start;
    stream.avail_in = end - start;
    stream.output = output;
    stream.next_out = 0;
    stream.avail_out = output.length;
    const status = zlibInflate(stream, Z_SYNC_FLUSH);
    left[0] = stream.avail_out;
    left[1] = stream.avail_in;
    // It would keep a whole chunk of the file in memory.
    stream.input = NOTHING;
    // Z_BUF_ERROR: there was nothing to do, for want of input or of room.
    if (status === Z_OK || status === Z_STREAM_END || status === Z_BUF_ERROR) return;
    this.error = stream.msg === '' ? 'Zlib error' : stream.msg;
  }

  reset(): void {
    zlibInflateReset(this.#stream);
    this.error = null;
  }

  close(): void {
    zlibInflateEnd(this.#stream);
  }
}
