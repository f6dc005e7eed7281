/** What callers of the library may pass as a capture, and how it becomes what the analysis reads. */
import { fileURLToPath } from 'node:url';
import { readChunks } from '#platform/file-chunks';
import type { CaptureBytes, CaptureInput, FileChunk } from '../capture/capture-bytes.ts';
import { bytesOf, streamChunks, type WebByteStream } from './byte-chunks.ts';

/**
 * A path (`-` is standard input), a `file:` URL, the bytes themselves, or a stream of them: Node's `Readable`, a web
 * `ReadableStream`, or anything that can be read with `for await`.
 */
export type CapturePart = string | URL | Uint8Array | ArrayBuffer | AsyncIterable<Uint8Array> | WebByteStream;

/** One capture: one part, or several parts that are its files in order, as tcpdump rotates them. */
export type AnalyzeInput = CapturePart | readonly CapturePart[];

export interface InputOptions {
  /** What reports and errors call an input that has no path. */
  readonly name?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function captureInputs(input: AnalyzeInput, { name, signal }: InputOptions): CaptureInput[] {
  const parts = isList(input) ? input : [input];
  const named = new Map<string, number>();
  return parts.map((part) => {
    if (typeof part === 'string') return part;
    if (part instanceof URL) return fileURLToPath(part);
    const base = name ?? (isBytes(part) ? 'bytes' : 'stream');
    const count = (named.get(base) ?? 0) + 1;
    named.set(base, count);
    // The report tells the findings of several files apart by name, so names must differ.
    return {
      name: count === 1 ? base : `${base} ${count}`,
      chunks: () => chunksOf(part, signal),
      ...(isBytes(part) ? { whole: part instanceof Uint8Array ? part : new Uint8Array(part) } : {}),
    };
  });
}

/** The same input, with every chunk passed through `pass`, which may hold it back. */
export function passThrough(
  input: CaptureInput,
  pass: (chunks: AsyncIterable<FileChunk>) => AsyncIterable<FileChunk>,
): CaptureBytes {
  return typeof input === 'string'
    ? { name: input, file: input, chunks: () => pass(readChunks(input)) }
    : { ...input, chunks: () => pass(input.chunks()) };
}

function chunksOf(
  part: Exclude<CapturePart, string | URL>,
  signal: AbortSignal | undefined,
): AsyncIterable<FileChunk> {
  if (isBytes(part)) return bytesOf(part);
  if (isStream(part)) return streamChunks(part, signal);
  throw new TypeError(
    'analyze: a capture is a path, a URL, bytes (Uint8Array, ArrayBuffer) or a stream of them (Readable, ReadableStream, async iterable)',
  );
}

function isList(input: AnalyzeInput): input is readonly CapturePart[] {
  return Array.isArray(input);
}

function isBytes(part: unknown): part is Uint8Array | ArrayBuffer {
  return part instanceof Uint8Array || part instanceof ArrayBuffer;
}

function isStream(part: unknown): part is AsyncIterable<Uint8Array> | WebByteStream {
  return typeof part === 'object' && part !== null && (Symbol.asyncIterator in part || 'getReader' in part);
}
