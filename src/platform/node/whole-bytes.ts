/**
 * All bytes of a file, or of a capture that is in memory, once more and without waiting: for what must be known in the middle of an
 * analysis. gzip is undone.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { MAX_UNPACKED } from '../whole-bytes.ts';

const CHUNK_LENGTH = 1024 * 1024;

/**
 * @param source the path of a file, or its bytes
 * @throws what the operating system or zlib says
 */
export function* wholeBytes(source: string | Uint8Array): Generator<Uint8Array, void, undefined> {
  if (typeof source !== 'string') {
    yield isGzip(source) ? unpacked(source) : source;
    return;
  }
  // Opening a pipe would wait for a writer, and what was read of it is gone.
  if (!statSync(source).isFile()) return;
  const descriptor = openSync(source, 'r');
  try {
    if (!fstatSync(descriptor).isFile()) return;
    const chunk = new Uint8Array(CHUNK_LENGTH);
    let length = readSync(descriptor, chunk);
    if (isGzip(chunk)) {
      yield unpacked(readFileSync(source));
      return;
    }
    for (; length > 0; length = readSync(descriptor, chunk)) yield chunk.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** As far as they go: a file that is still being written has no end. */
function unpacked(bytes: Uint8Array): Uint8Array {
  // Loaded here, not with the program: most captures don't need it.
  const { gunzipSync, constants } = process.getBuiltinModule('node:zlib');
  const output = gunzipSync(bytes, {
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: MAX_UNPACKED,
  });
  return new Uint8Array(output.buffer, output.byteOffset, output.length);
}
