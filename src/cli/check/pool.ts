/**
 * Checks many captures on all cores. Small ones are checked in this thread: to start a thread takes longer
 * than to check a hundred of them, and none of them can bring the program down. Large ones go to other
 * threads: if a capture kills its thread, the rest goes on. Outcomes come in any order; the caller sorts
 * them.
 */
import { Worker } from 'node:worker_threads';
import type { CaptureOutcome } from '../../check/result.ts';
import { checkCapture, failedOutcome, type CaptureTask, type TaskOptions } from './check-capture.ts';
import {
  IDLE,
  type Batch,
  type IndexedOutcome,
  type IndexedTask,
  type WorkerStart,
} from './worker-messages.ts';

export interface PoolOptions {
  /** Threads at most, this one included. */
  readonly workers: number;
  readonly onOutcome: (outcome: CaptureOutcome) => void;
  /** Stops the work: what is not done by then stays undone. */
  readonly signal: AbortSignal;
  /** What a thread runs: beside this file's bundle unless a test says otherwise. */
  readonly entry?: URL;
  readonly maxHeapMegabytes?: number;
}

/** Plain files up to this size are small. A compressed file may have any size inside. */
export const SMALL_BYTES: number = 256 * 1024;
/**
 * So many small captures are worth one more thread. Measured: with fewer it starts when the others are done.
 */
const SMALL_FOR_A_THREAD = 250;
/** So many small captures are checked before other events get a turn. */
const SMALL_AT_ONCE = 32;
/** A batch for a thread: enough not to wait for the next, not so much that others run out of work. */
const BATCH_BYTES = 1024 * 1024;
const BATCH_CAPTURES = 64;
/** Small captures that a thread has left when it gets more: this one may be too busy to hear that it has none. */
const REFILL_BELOW = 32;

export async function checkAll(
  tasks: readonly CaptureTask[],
  options: TaskOptions,
  pool: PoolOptions,
): Promise<void> {
  const indexed = tasks.map((task, index): IndexedTask => ({ ...task, index }));
  const small = indexed.filter(isSmall);
  // The largest first, or the last one would keep a single thread busy at the end.
  const large = indexed.filter((task) => !isSmall(task)).sort((a, b) => b.size - a.size);
  const threads = threadCount(small.length, large.length, pool.workers);
  const takeBatch = (): Batch => takeFrom(large.length > 0 ? large : threads.isForSmall ? small : []);
  const startCrew = () =>
    Promise.all(Array.from({ length: threads.count }, () => superviseThread(takeBatch, options, pool)));
  const here = workHere(small, options, pool);
  // With a single worker nothing runs at the same time: captures for other threads wait.
  const work = pool.workers === 1 ? here.then(startCrew) : Promise.all([here, startCrew()]);
  // After Ctrl-C nothing is waited for, not even a file that never ends.
  await Promise.race([work, whenAborted(pool.signal)]);
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    signal.addEventListener('abort', () => {
      done();
    });
  });
}

export function isSmall({ path, size }: CaptureTask): boolean {
  return size <= SMALL_BYTES && !/gz$/i.test(path);
}

function threadCount(
  small: number,
  large: number,
  workers: number,
): { readonly count: number; readonly isForSmall: boolean } {
  // While there are small ones this thread is busy as well.
  const most = small > 0 ? Math.max(large > 0 ? 1 : 0, workers - 1) : workers;
  const forSmall = Math.floor(small / SMALL_FOR_A_THREAD);
  return { count: Math.min(most, large + forSmall), isForSmall: forSmall > 0 };
}

function takeFrom(queue: IndexedTask[]): IndexedTask[] {
  const batch: IndexedTask[] = [];
  let bytes = 0;
  while (batch.length < BATCH_CAPTURES && queue.length > 0 && (batch.length === 0 || bytes < BATCH_BYTES)) {
    const task = queue.shift()!;
    bytes += task.size;
    batch.push(task);
  }
  return batch;
}

async function workHere(small: IndexedTask[], options: TaskOptions, pool: PoolOptions): Promise<void> {
  while (small.length > 0 && !pool.signal.aborted) {
    for (const task of small.splice(0, SMALL_AT_ONCE)) pool.onOutcome(await checkCapture(task, options));
    // So that Ctrl-C and messages from the threads are handled.
    await new Promise((resume) => setImmediate(resume));
  }
}

/** Keeps one thread going until there is no work; a new one takes the place of one that died. */
async function superviseThread(
  takeBatch: () => Batch,
  options: TaskOptions,
  pool: PoolOptions,
): Promise<void> {
  let left: Batch = [];
  while (!pool.signal.aborted) {
    if (left.length === 0) left = takeBatch();
    if (left.length === 0) return;
    left = await runThread(left, takeBatch, options, pool);
  }
}

/** Resolves with what is left of a batch when its thread died, without the capture that killed it. */
function runThread(
  first: Batch,
  takeBatch: () => Batch,
  options: TaskOptions,
  {
    entry = new URL('./cli/check/worker.js', import.meta.url),
    maxHeapMegabytes,
    onOutcome,
    signal,
  }: PoolOptions,
): Promise<Batch> {
  return new Promise((done, fail) => {
    const current = new Int32Array(new SharedArrayBuffer(4)).fill(IDLE);
    const thread = new Worker(entry, {
      workerData: { options, current } satisfies WorkerStart,
      ...(maxHeapMegabytes === undefined
        ? {}
        : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes } }),
    });
    let batch = first;
    let hasWorked = false;
    let failure: Error | null = null;
    const stop = (): void => void thread.terminate();
    signal.addEventListener('abort', stop);
    thread.postMessage(batch);
    thread.on('message', ({ index, outcome }: IndexedOutcome) => {
      if (signal.aborted) return;
      hasWorked = true;
      onOutcome(outcome);
      batch = batch.filter((task) => task.index !== index);
      if (batch.length > REFILL_BELOW || !batch.every(isSmall)) return;
      const next = takeBatch();
      if (next.length > 0) thread.postMessage(next);
      batch = [...batch, ...next];
      if (batch.length === 0) stop();
    });
    thread.on('error', (error: Error) => {
      failure = error;
    });
    thread.on('exit', () => {
      signal.removeEventListener('abort', stop);
      const killer = batch.find(({ index }) => index === Atomics.load(current, 0));
      if (signal.aborted || batch.length === 0) done([]);
      else if (killer === undefined && hasWorked) done(batch);
      else if (killer === undefined) fail(failure ?? new Error('a thread ended before it began'));
      else {
        onOutcome(failedOutcome(killer.name, reasonOf(failure)));
        done(batch.filter((task) => task !== killer));
      }
    });
  });
}

function reasonOf(failure: (Error & { code?: string }) | null): string {
  if (failure?.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'there was not enough memory to analyze it';
  const what = failure === null ? 'it ended' : `${failure.name}: ${failure.message}`;
  return `its analysis broke off: ${what} (a defect of wscap: please report it)`;
}
