/**
 * For what is written while the capture is read. Reading never waits for process.stdout, which keeps whatever a slow
 * reader has not taken: a long conversation would pile up in memory. So this writes synchronously.
 */
import { writeFully } from './write-fully.ts';

export interface BatchWriter {
  readonly write: (text: string) => void;
  readonly flush: () => void;
}

/** A write for every line would cost more than the line. */
const BATCH_CHARACTERS = 64 * 1024;
const STDOUT = 1;

export function createStdoutWriter(): BatchWriter {
  return createBatchWriter(STDOUT, (error) => {
    // run.ts knows what to do, and ends the program.
    process.stdout.emit('error', error);
  });
}

/** @param fail gets what goes wrong: it may come when nobody is there to catch it */
export function createBatchWriter(descriptor: number, fail: (error: unknown) => void): BatchWriter {
  let batch: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (length === 0) return;
    const text = batch.join('');
    batch = [];
    length = 0;
    try {
      writeFully(descriptor, Buffer.from(text));
    } catch (error) {
      fail(error);
    }
  };
  return {
    write: (text) => {
      // What came down a pipe is shown at once, before the next piece of it.
      if (length === 0) setImmediate(flush);
      batch.push(text);
      length += text.length;
      if (length >= BATCH_CHARACTERS) flush();
    },
    flush,
  };
}
