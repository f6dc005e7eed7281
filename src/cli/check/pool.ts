/**
 * Many captures on all cores. Small ones are worked on right here: a thread takes longer to start than a hundred of them, and
 * none of them can bring the program down. Large ones go to threads, which may die of one without the rest. Outcomes come
 * in any order; whoever calls sorts them.
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

/** Plain files up to this size are small. A packed one may be of any size inside. */
export const SMALL_BYTES: number = 256 * 1024;
/** For each so many small captures a thread is started: measured, with fewer it begins when the others are through. */
const SMALL_FOR_A_THREAD = 250;
/** Between two looks at what else there is to do. */
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
  // One thread is one: those that can't be worked on here wait.
  const work = pool.workers === 1 ? here.then(startCrew) : Promise.all([here, startCrew()]);
  // Not even a file that never ends is waited for then.
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
    // Ctrl-C and the threads want to be heard.
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
