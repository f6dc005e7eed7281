/** A thread of the pool: takes batches of captures, answers with the outcome of each. Bundled as an entry of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkCapture } from './check-capture.ts';
import { IDLE, type Batch, type IndexedOutcome, type WorkerStart } from './worker-messages.ts';

const { options, current } = workerData as WorkerStart;
const port = parentPort!;

async function work(batch: Batch): Promise<void> {
  for (const { index, ...task } of batch) {
    // If this thread dies, this is the capture that killed it.
    Atomics.store(current, 0, index);
    const outcome = await checkCapture(task, options);
    port.postMessage({ index, outcome } satisfies IndexedOutcome);
    Atomics.store(current, 0, IDLE);
  }
}

let last = Promise.resolve();
port.on('message', (batch: Batch) => {
  // The next batch may come before this one is done.
  last = last.then(() => work(batch));
});
