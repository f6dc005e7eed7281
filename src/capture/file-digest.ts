/** SHA-256 of a capture file: what a report names it by, so that whoever gets both can tell that they belong together. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

const CHUNK_LENGTH = 1024 * 1024;

/**
 * In hexadecimal, of the bytes as they lie there, compressed or not: what `sha256sum` prints. null for standard input and
 * for what can be read only once.
 */
export async function fileDigest(path: string, signal?: AbortSignal): Promise<string | null> {
  if (path === '-' || !(await stat(path)).isFile()) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_LENGTH })) {
    signal?.throwIfAborted();
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}
