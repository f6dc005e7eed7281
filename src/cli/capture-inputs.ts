/**
 * The captures of the command line as the analysis takes them: with the user's names, read from the working
 * directory.
 */
import { resolve } from 'node:path';
import { readChunks } from '#platform/file-chunks';
import type { CaptureBytes, FileChunk } from '../capture/capture-bytes.ts';
import type { Io } from './io.ts';

type Place = Pick<Io, 'cwd' | 'stdin'>;

/** @param captures paths, `-` for standard input */
export function captureInputs(captures: readonly string[], io: Place): CaptureBytes[] {
  return captures.map((name) => (name === '-' ? standardInput(io) : fileNamed(name, resolve(io.cwd, name))));
}

function fileNamed(name: string, file: string): CaptureBytes {
  return { name, file, chunks: () => readChunks(file, name) };
}

function standardInput({ stdin }: Place): CaptureBytes {
  return { name: '-', chunks: () => plainChunks(stdin.chunks()) };
}

/** Plain Uint8Arrays like the chunks of a file, so that the hot loops see only one kind of object. */
async function* plainChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FileChunk, void, undefined> {
  for await (const chunk of chunks) {
    yield { bytes: new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), totalBytes: undefined };
  }
}
