/** The bytes of a capture that is in memory, once more and without waiting. gzip is undone. A browser has no paths. */
import { Z_NO_FLUSH, Z_OK, Z_STREAM_END, zlibInflate, zlibInflateEnd, zlibInflateInit2, ZStream } from 'pako';
import { MAX_UNPACKED } from '../whole-bytes.ts';

const CHUNK_LENGTH = 1024 * 1024;
/** The largest window, plus 16: that means with gzip's header and checksum. */
const GZIP_WINDOW_BITS = 15 + 16;

export function* wholeBytes(source: string | Uint8Array): Generator<Uint8Array, void, undefined> {
  if (typeof source === 'string') return;
  if (source[0] === 0x1f && source[1] === 0x8b) yield* unpacked(source);
  else yield source;
}

/** The first member, as far as it goes. */
function* unpacked(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  const stream = new ZStream();
  zlibInflateInit2(stream, GZIP_WINDOW_BITS);
  stream.input = bytes;
  stream.next_in = 0;
  stream.avail_in = bytes.length;
  const output = new Uint8Array(CHUNK_LENGTH);
  let total = 0;
  try {
    for (;;) {
      stream.output = output;
      stream.next_out = 0;
      stream.avail_out = output.length;
      const status = zlibInflate(stream, Z_NO_FLUSH);
      if (status !== Z_OK && status !== Z_STREAM_END) return;
      total += stream.next_out;
      if (total > MAX_UNPACKED) return;
      yield output.subarray(0, stream.next_out);
      if (status === Z_STREAM_END || (stream.avail_in === 0 && stream.avail_out > 0)) return;
    }
  } finally {
    zlibInflateEnd(stream);
  }
}
