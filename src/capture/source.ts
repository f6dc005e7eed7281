/**
 * A whole capture: takes the bytes of a file, of standard input or of whoever hands them on, unpacks gzip, and pushes
 * them through the reader for what they are.
 */
import { readChunks } from '#platform/file-chunks';
import { loadPcapParserReader } from '#platform/pcap-parser-reader';
import { joinBytes } from '../basics/join-bytes.ts';
import type { CaptureBytes, FileChunk } from './capture-bytes.ts';
import { CaptureError } from './capture-error.ts';
import type { CaptureFacts } from './capture-reader.ts';
import { DetectingReader } from './detecting-reader.ts';
import { GzipInput, isGzip } from './gzip-input.ts';
import type { PacketHandler } from './packet-handler.ts';

export interface CaptureSourceOptions {
  /** Default: our own. */
  readonly reader?: 'wscap' | 'pcap-parser';
  /** Called after each chunk; for a gzip file with compressed bytes. The total is known for plain files only. */
  readonly onProgress?: (bytesRead: number, totalBytes: number | undefined) => void;
  /** Checked between chunks; reading rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Ends the reading at once, even if no more bytes come. A note then says that only a part was read. */
  readonly stop?: AbortSignal;
}

export interface CaptureSourceSummary {
  readonly path: string;
  readonly facts: CaptureFacts;
  readonly compression: 'gzip' | null;
}

const GZIP_MAGIC_LENGTH = 2;

/**
 * Reads a whole capture.
 *
 * @param input the path of a file, `-` for standard input; or the bytes themselves
 * @throws CaptureError if it can't be read at all; damage after the first packets is a note to the handler
 */
export async function readCapture(
  input: string | CaptureBytes,
  handler: PacketHandler,
  options: CaptureSourceOptions = {},
): Promise<CaptureSourceSummary> {
  const path = typeof input === 'string' ? input : input.name;
  const { onProgress, signal } = options;
  const onlyReader = options.reader === 'pcap-parser' ? await loadPcapParserReader() : undefined;
  const reader = new DetectingReader(handler, path, onlyReader);
  let gzip: GzipInput | undefined;
  let magic: Uint8Array | undefined = new Uint8Array(0);
  let bytesRead = 0;
  const chunks = untilStopped(typeof input === 'string' ? readChunks(input) : input.chunks(), options.stop);
  try {
    for await (const { bytes, totalBytes } of chunks) {
      signal?.throwIfAborted();
      let chunk = bytes;
      bytesRead += bytes.length;
      if (magic !== undefined) {
        // A pipe may deliver a single byte first.
        chunk = magic.length === 0 ? bytes : joinBytes(magic, bytes);
        if (chunk.length < GZIP_MAGIC_LENGTH) {
          // A copy: the chunk is valid until the next one.
          magic = Uint8Array.from(chunk);
          continue;
        }
        if (isGzip(chunk)) gzip = new GzipInput(reader, handler);
        magic = undefined;
      }
      if (gzip === undefined) reader.write(chunk);
      else await gzip.write(chunk);
      onProgress?.(bytesRead, totalBytes);
      if (reader.finished || gzip?.finished === true) break;
    }
    if (options.stop?.aborted === true && !reader.finished) {
      handler.note({
        code: 'interrupted',
        message: `reading was interrupted after ${bytesRead} bytes: what follows them is not in this report`,
      });
      return { path, facts: reader.facts, compression: gzip === undefined ? null : 'gzip' };
    }
    if (magic?.length === 1) reader.write(magic);
    await gzip?.end();
  } finally {
    gzip?.close();
  }
  if (gzip?.bytesOut === 0) {
    throw new CaptureError(path, 'is gzip, but nothing could be unpacked from it: copy the file again');
  }
  reader.end();
  return { path, facts: reader.facts, compression: gzip === undefined ? null : 'gzip' };
}

/**
 * The same chunks, until reading is stopped. A pipe may stall for ever, so the wait for a chunk must be stoppable
 * too.
 */
async function* untilStopped(
  chunks: AsyncIterable<FileChunk>,
  stop: AbortSignal | undefined,
): AsyncGenerator<FileChunk, void, undefined> {
  if (stop === undefined) {
    yield* chunks;
    return;
  }
  const iterator = chunks[Symbol.asyncIterator]();
  let onAbort: (() => void) | undefined;
  const stopped = new Promise<null>((resolve) => {
    onAbort = () => {
      resolve(null);
    };
    stop.addEventListener('abort', onAbort);
  });
  try {
    while (!stop.aborted) {
      const next = await Promise.race([iterator.next(), stopped]);
      if (next === null || next.done === true) return;
      yield next.value;
    }
  } finally {
    if (onAbort !== undefined) stop.removeEventListener('abort', onAbort);
    const closed = Promise.resolve(iterator.return?.());
    // A stalled read never ends, so don't wait for it.
    if (stop.aborted) closed.catch(() => undefined);
    else await closed;
  }
}
