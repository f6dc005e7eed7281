/**
 * Reads a file, a FIFO or standard input in large chunks. The thread pool reads the next chunk while the caller works
 * on this one: two buffers take turns. A small file is read at once and synchronously: the way through the thread
 * pool, and clearing buffers of megabytes, would take ten times as long as its analysis.
 */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { FileChunk } from '../../capture/capture-bytes.ts';
import { CaptureError } from '../../capture/capture-error.ts';

const CHUNK_LENGTH = 2 * 1024 * 1024;
/** Reading this much synchronously blocks the event loop for a negligible time. */
const SMALL_LENGTH = 256 * 1024;
const IS_DIRECTORY = { code: 'EISDIR', syscall: 'read' } as const;

/**
 * @param path `-` for standard input
 * @param name what errors call it
 */
export async function* readChunks(
  path: string,
  name: string = path,
): AsyncGenerator<FileChunk, void, undefined> {
  try {
    yield* path === '-' ? standardInputChunks(path) : fileChunks(path);
  } catch (error) {
    throw asCaptureError(error, name);
  }
}

async function* fileChunks(path: string): AsyncGenerator<FileChunk, void, undefined> {
  const small = readSmallFile(path);
  if (small !== null) {
    if (small.length > 0) yield { bytes: small, totalBytes: small.length };
    return;
  }
  if (statSync(path).isFIFO()) {
    yield* fifoChunks(path);
    return;
  }
  const file = await open(path, 'r');
  let pending: Promise<number> | undefined;
  try {
    const facts = await file.stat();
    // Some systems open a directory, and then read nothing from it.
    if (facts.isDirectory()) throw Object.assign(new Error('is a directory'), IS_DIRECTORY);
    const totalBytes = facts.isFile() ? facts.size : undefined;
    let current = new Uint8Array(CHUNK_LENGTH);
    let other = new Uint8Array(CHUNK_LENGTH);
    pending = readInto(file, current);
    for (;;) {
      const length = await pending;
      if (length === 0) return;
      pending = readInto(file, other);
      // The error is reported where `pending` is awaited; without this, Node would call it an unhandled rejection
      // until then.
      pending.catch(ignore);
      yield { bytes: current.subarray(0, length), totalBytes };
      [current, other] = [other, current];
    }
  } finally {
    // The thread pool must not use the buffer or the file after they have been given back.
    await pending?.catch(ignore);
    await file.close();
  }
}

/** null unless it is a small regular file. A FIFO in particular must not be opened here: opening waits for a writer. */
function readSmallFile(path: string): Uint8Array | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > SMALL_LENGTH || stat.size === 0) return null;
  const descriptor = openSync(path, 'r');
  try {
    // The file may grow while it is read, or may have been replaced by something else since stat.
    if (!fstatSync(descriptor).isFile()) return null;
    // One byte more than the size: if that byte is filled, the file has grown and may still be growing.
    const bytes = new Uint8Array(stat.size + 1);
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    return length === stat.size ? bytes.subarray(0, length) : null;
  } finally {
    closeSync(descriptor);
  }
}

/** Reads through the event loop. A thread of the pool would block in read() and keep the program from ending. */
async function* fifoChunks(path: string): AsyncGenerator<FileChunk, void, undefined> {
  const { Socket } = await import('node:net');
  // O_NONBLOCK: open() returns at once, even if nobody writes to the FIFO yet.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: false });
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) yield asChunk(chunk);
  } finally {
    socket.destroy();
  }
}

/** A plain Uint8Array like the chunks of a file, so that the hot loops see only one kind of object. */
function asChunk(chunk: Buffer): FileChunk {
  return { bytes: new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), totalBytes: undefined };
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
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) yield asChunk(chunk);
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
