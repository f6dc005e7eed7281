/** Captures of the command line as the analysis takes them: called as the user called them, read from where that is. */
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

/** Plain Uint8Arrays like a file's chunks: the hot loops then see one kind of object only. */
async function* plainChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FileChunk, void, undefined> {
  for await (const chunk of chunks) {
    yield { bytes: new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), totalBytes: undefined };
  }
}
