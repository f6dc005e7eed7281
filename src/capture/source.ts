/**
 * A whole capture: takes the bytes of a file, of standard input or of whoever hands them on, undoes base64 and gzip, and
 * pushes them through the reader for what they are.
 */
import { readChunks } from '#platform/file-chunks';
import { loadPcapParserReader } from '#platform/pcap-parser-reader';
import { nameOf, type CaptureInput, type FileChunk } from './capture-bytes.ts';
import { CaptureError } from './capture-error.ts';
import type { CaptureFacts, CaptureTarget } from './capture-reader.ts';
import { DetectingReader, type ReaderConstructor } from './detecting-reader.ts';
import type { PacketHandler } from './packet-handler.ts';
import { Unpacker } from './unpacker.ts';

/** Which code reads classic pcap files. */
export type ReaderName = 'wscap' | 'pcap-parser';

export interface PumpOptions {
  /** Called after each chunk; for a gzip file with compressed bytes. The total is known for plain files only. */
  readonly onProgress?: ((bytesRead: number, totalBytes: number | undefined) => void) | undefined;
  /** Checked between chunks; reading rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the reading at once, even if no more bytes come. A note then says that only a part was read. */
  readonly stop?: AbortSignal | undefined;
}

export interface CaptureSourceOptions extends PumpOptions {
  /** Default: our own. */
  readonly reader?: ReaderName;
}

export interface PumpedFile {
  readonly compression: 'gzip' | null;
  /** False where the reading was stopped: the target has had a part of the bytes. */
  readonly isWhole: boolean;
}

export interface CaptureSourceSummary {
  readonly path: string;
  readonly facts: CaptureFacts;
  readonly compression: 'gzip' | null;
}

/** What {@link DetectingReader} is to read everything with; undefined: our own readers. */
export async function loadReader(name: ReaderName): Promise<ReaderConstructor | undefined> {
  return name === 'pcap-parser' ? await loadPcapParserReader() : undefined;
}

/**
 * Reads a whole capture.
 *
 * @param input the path of a file, `-` for standard input; or the bytes themselves
 * @throws CaptureError if it can't be read at all; damage after the first packets is a note to the handler
 */
export async function readCapture(
  input: CaptureInput,
  handler: PacketHandler,
  options: CaptureSourceOptions = {},
): Promise<CaptureSourceSummary> {
  const path = nameOf(input);
  const reader = new DetectingReader(handler, path, await loadReader(options.reader ?? 'wscap'));
  const target: CaptureTarget = {
    write: (chunk) => {
      reader.write(chunk);
    },
    note: (note) => {
      handler.note(note);
    },
    get finished() {
      return reader.finished;
    },
  };
  const { compression, isWhole } = await pumpCapture(input, target, options);
  if (isWhole) reader.end();
  return { path, facts: reader.facts, compression };
}

/** Pushes all bytes of an input, unpacked, into a target. */
export async function pumpCapture(
  input: CaptureInput,
  target: CaptureTarget,
  { onProgress, signal, stop }: PumpOptions,
): Promise<PumpedFile> {
  const unpacker = new Unpacker(target);
  let bytesRead = 0;
  const chunks = untilStopped(typeof input === 'string' ? readChunks(input) : input.chunks(), stop);
  try {
    for await (const { bytes, totalBytes } of chunks) {
      signal?.throwIfAborted();
      bytesRead += bytes.length;
      await unpacker.write(bytes);
      onProgress?.(bytesRead, totalBytes);
      if (unpacker.finished) break;
    }
    if (stop?.aborted === true && !target.finished) {
      target.note({
        code: 'interrupted',
        message: `reading was interrupted after ${bytesRead} bytes: what follows them is not in this report`,
      });
      return { compression: unpacker.compression, isWhole: false };
    }
    await unpacker.end();
  } finally {
    unpacker.close();
  }
  if (unpacker.isEmptyGzip) {
    throw new CaptureError(
      nameOf(input),
      'is gzip, but nothing could be unpacked from it: copy the file again',
    );
  }
  return { compression: unpacker.compression, isWhole: true };
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
