/** Standard input as a file that can be read several times. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StandardInput } from '../io.ts';
import { UsageError } from '../usage-error.ts';

/** What is kept of it at most; beyond that the user is asked to save it. */
const MAX_BYTES = 2 * 1024 ** 3;

/** @returns the path of the file, in the folder */
export async function keepStdin(
  stdin: StandardInput,
  folder: string,
  maxBytes: number = MAX_BYTES,
): Promise<string> {
  const path = join(folder, 'standard-input');
  const descriptor = openSync(path, 'wx', 0o600);
  let kept = 0;
  try {
    for await (const chunk of stdin.chunks()) {
      kept += chunk.length;
      if (kept > maxBytes) {
        throw new UsageError(
          `standard input holds more than ${maxBytes / 1024 ** 2} MiB, and extract has to read it several times: save it to a file`,
          'extract',
          'tcpdump -w dump.pcap …',
        );
      }
      for (let at = 0; at < chunk.length;) at += writeSync(descriptor, chunk, at);
    }
  } finally {
    closeSync(descriptor);
  }
  return path;
}
