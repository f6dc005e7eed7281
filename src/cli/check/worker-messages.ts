/** What the pool and its threads say to each other. */
import type { CaptureOutcome } from '../../check/result.ts';
import type { CaptureTask, TaskOptions } from './check-capture.ts';

export interface WorkerStart {
  readonly options: TaskOptions;
  /** One number, shared: the index of the task that is being worked on, {@link IDLE} between two. */
  readonly current: Int32Array<SharedArrayBuffer>;
}

export const IDLE = -1;

export interface IndexedTask extends CaptureTask {
  readonly index: number;
}

/** Each task is answered by an outcome, in the same order. */
export type Batch = readonly IndexedTask[];

export interface IndexedOutcome {
  readonly index: number;
  readonly outcome: CaptureOutcome;
}
