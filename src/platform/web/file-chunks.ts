/** A browser can't open a file by its path: the code that lets the user choose a file hands on its bytes. */
import { CaptureError } from '../../capture/capture-error.ts';
import type { FileChunk } from '../../capture/capture-bytes.ts';

/** @throws CaptureError always, and at once */
export function readChunks(path: string): AsyncGenerator<FileChunk, void, undefined> {
  throw new CaptureError(
    path,
    "can't be opened by its path in a browser: choose the file, or give its bytes",
  );
}
