/**
 * The bytes of a file, a FIFO or standard input in large chunks. The next chunk is read by the thread pool while
 * the caller works on this one: two buffers take turns.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { CaptureError } from './capture-error.ts';

const CHUNK_LENGTH = 2 * 1024 * 1024;

export interface FileChunk {
  /** Valid until the next one is asked for. */
  readonly bytes: Uint8Array;
  /** Size of the file, where it has one. */
  readonly totalBytes: number | undefined;
}

/** A capture that lies in no file, or whose bytes somebody else hands on. */
export interface CaptureBytes {
  /** What reports and errors call it. */
  readonly name: string;
  /** The file in which it lies all the same, for its SHA-256. */
  readonly file?: string;
  /** Called once. */
  chunks(): AsyncIterable<FileChunk>;
}

/** @param path `-` for standard input */
export async function* readChunks(path: string): AsyncGenerator<FileChunk, void, undefined> {
  try {
    yield* path === '-' ? standardInputChunks(path) : fileChunks(path);
  } catch (error) {
    throw asCaptureError(error, path);
  }
}

async function* fileChunks(path: string): AsyncGenerator<FileChunk, void, undefined> {
  const file = await open(path, 'r');
  let pending: Promise<number> | undefined;
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) {
      throw new CaptureError(
        path,
        'is a directory: name the captures in it, as in `wscap analyze dir/*.pcap`',
      );
    }
    const totalBytes = stat.isFile() ? stat.size : undefined;
    let current = new Uint8Array(CHUNK_LENGTH);
    let other = new Uint8Array(CHUNK_LENGTH);
    pending = readInto(file, current);
    for (;;) {
      const length = await pending;
      if (length === 0) return;
      pending = readInto(file, other);
      // A failure is reported where it is awaited; until then nobody listens.
      pending.catch(ignore);
      yield { bytes: current.subarray(0, length), totalBytes };
      [current, other] = [other, current];
    }
  } finally {
    // The thread pool must not write into a buffer, or read from a file, that are given back.
    await pending?.catch(ignore);
    await file.close();
  }
}

async function readInto(file: FileHandle, buffer: Uint8Array): Promise<number> {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
  return bytesRead;
}

async function* standardInputChunks(path: string): AsyncGenerator<FileChunk, void, undefined> {
  if (process.stdin.isTTY) {
    throw new CaptureError(
      path,
      'is a terminal: pipe a capture into it, as in `tcpdump -w - port 80 | wscap analyze -`',
    );
  }
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    // A plain Uint8Array like a file's chunks: the hot loops then see one kind of object only.
    yield { bytes: new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), totalBytes: undefined };
  }
}

function ignore(): void {
  // Nothing to do.
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file'],
  ['ENOTDIR', 'no such file: a part of the path is not a directory'],
  ['EISDIR', 'is a directory: name the captures in it, as in `wscap analyze dir/*.pcap`'],
  [
    'EACCES',
    'no permission to read it: a capture made with sudo belongs to root, so run `sudo chmod a+r` on it',
  ],
  ['EPERM', 'no permission to read it'],
  ['ELOOP', 'is a symbolic link to itself'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['EMFILE', 'too many files are open: raise `ulimit -n`'],
  ['EIO', 'the disk or the network it is on reports a read error: copy the file elsewhere and try again'],
]);

function asCaptureError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof CaptureError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_INVALID_ARG_VALUE') return new CaptureError(path, 'the name holds a zero byte');
  if (typeof code !== 'string' || !('syscall' in error)) return error;
  return new CaptureError(path, REASONS.get(code) ?? `can't be read (${code})`);
}
