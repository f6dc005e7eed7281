/**
 * For what is written while the capture is read. Reading never waits for a stream such as process.stdout, which keeps
 * whatever a slow reader has not taken: a long conversation would pile up in memory. So this writes synchronously.
 */

export interface BatchWriter {
  readonly write: (text: string) => void;
  readonly flush: () => void;
}

/** A write for every line would cost more than the line. */
const BATCH_CHARACTERS = 64 * 1024;

/** @param writeSync does not throw: it may be called when nobody is there to catch it */
export function createBatchWriter(writeSync: (text: string) => void): BatchWriter {
  let batch: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (length === 0) return;
    const text = batch.join('');
    batch = [];
    length = 0;
    writeSync(text);
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
