/** Writes synchronously until all is written: a disk that is nearly full, or a pipe that is, takes a part at a time. */
import { writeSync } from 'node:fs';

const RETRY_MS = 1;

export function writeFully(descriptor: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if (!isFull(error)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

/** Node makes pipes non-blocking: one that is full says so. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
