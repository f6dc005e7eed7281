/** SHA-256 of a capture file. A report names it, so that whoever gets both can check that they belong together. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

const CHUNK_LENGTH = 1024 * 1024;

/**
 * In hexadecimal, of the bytes as they are stored, compressed or not: what `sha256sum` prints. null for standard
 * input, for what can be read only once (a FIFO), and for a file that is gone by now.
 */
export async function fileDigest(path: string, signal?: AbortSignal): Promise<string | null> {
  if (path === '-') return null;
  const hash = createHash('sha256');
  try {
    if (!(await stat(path)).isFile()) return null;
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_LENGTH })) {
      signal?.throwIfAborted();
      hash.update(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return null;
    throw error;
  }
  return hash.digest('hex');
}
