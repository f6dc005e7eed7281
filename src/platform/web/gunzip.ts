/**
 * gzip by pako: the DecompressionStream of browsers gives nothing if the data are cut, and reads only one
 * member.
 */
import {
  Z_FINISH,
  Z_NO_FLUSH,
  Z_BUF_ERROR,
  Z_OK,
  Z_STREAM_END,
  zlibInflate,
  zlibInflateEnd,
  zlibInflateInit2,
  zlibInflateReset,
  ZStream,
} from 'pako';
import type { Gunzip, GunzipProblem } from '../gunzip.ts';

/** The largest window, plus 16: that means with gzip's header and checksum. */
const GZIP_WINDOW_BITS = 15 + 16;
/** Zlib's code for data that are cut: an error only at the end of the data. */
const CUT: GunzipProblem = { isCut: true, message: 'unexpected end of file' };
const NOTHING = new Uint8Array(0);

/** @param onOutput gets each unpacked piece, whose size is bounded; it must not throw */
export function openGunzip(outputLength: number, onOutput: (unpacked: Uint8Array) => void): Gunzip {
  return new PakoGunzip(outputLength, onOutput);
}

class PakoGunzip implements Gunzip {
  readonly #stream = new ZStream();
  /** Filled piece by piece and then replaced, as Node does: the receiver may keep a piece. */
  #output: Uint8Array<ArrayBuffer>;
  #outputAt = 0;
  readonly #onOutput: (unpacked: Uint8Array) => void;
  /** Zero bytes behind a member (padding) end the file. */
  #isPadding = false;

  constructor(outputLength: number, onOutput: (unpacked: Uint8Array) => void) {
    this.#output = new Uint8Array(outputLength);
    this.#onOutput = onOutput;
    zlibInflateInit2(this.#stream, GZIP_WINDOW_BITS);
  }

  write(piece: Uint8Array): Promise<GunzipProblem | undefined> {
    return Promise.resolve(this.#run(piece, Z_NO_FLUSH));
  }

  end(): Promise<GunzipProblem | undefined> {
    return Promise.resolve(this.#run(NOTHING, Z_FINISH));
  }

  close(): void {
    zlibInflateEnd(this.#stream);
  }

  #run(piece: Uint8Array, flush: typeof Z_NO_FLUSH | typeof Z_FINISH): GunzipProblem | undefined {
    if (this.#isPadding) return undefined;
    const stream = this.#stream;
    stream.input = piece;
    stream.next_in = 0;
    stream.avail_in = piece.length;
    do {
      if (this.#outputAt === this.#output.length) {
        this.#output = new Uint8Array(this.#output.length);
        this.#outputAt = 0;
      }
      stream.output = this.#output;
      stream.next_out = this.#outputAt;
      stream.avail_out = this.#output.length - this.#outputAt;
      let status = zlibInflate(stream, flush);
      while (status === Z_STREAM_END && stream.avail_in > 0 && piece[stream.next_in] !== 0) {
        zlibInflateReset(stream);
        status = zlibInflate(stream, flush);
      }
      if (status === Z_BUF_ERROR && flush === Z_FINISH && stream.avail_out > 0) return CUT;
      if (status !== Z_OK && status !== Z_STREAM_END && status !== Z_BUF_ERROR) {
        return { isCut: false, message: stream.msg };
      }
      const unpacked = this.#output.subarray(this.#outputAt, stream.next_out);
      this.#outputAt = stream.next_out;
      if (unpacked.length > 0) this.#onOutput(unpacked);
      this.#isPadding = status === Z_STREAM_END && stream.avail_in > 0;
    } while (stream.avail_out === 0 && !this.#isPadding);
    return undefined;
  }
}
