/** SHA-256 of a capture file: what a report names it by, so that whoever gets both can tell that they belong together. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

const CHUNK_LENGTH = 1024 * 1024;

/**
 * In hexadecimal, of the bytes as they lie there, compressed or not: what `sha256sum` prints. null for standard input and
 * for what can be read only once, be it that the file is gone by now.
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
