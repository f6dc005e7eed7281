/** The result of `wscap check`: what its reporters print, and what shards write into blobs. */
import type { ReportOptions } from '../report/model.ts';
import type { Difference } from './difference.ts';

/**
 * passed: as expected. different: not as expected. missing: there is no expectation, and none was written. written:
 * there was none, and it was written. updated: it was different and was replaced. failed: the capture or its
 * expectation could not be read.
 */
export type CheckStatus = 'passed' | 'different' | 'missing' | 'written' | 'updated' | 'failed';

export interface CaptureOutcome {
  /** Relative to the working directory, with / between its parts. */
  readonly path: string;
  readonly status: CheckStatus;
  /** Connections in the capture's report. */
  readonly connections: number;
  /** Findings of severity "error" in that report. */
  readonly errors: number;
  /** If different or updated: the first differences. */
  readonly differences: readonly Difference[];
  /** How many further differences there are. */
  readonly moreDifferences: number;
  /** If failed: why, as a clause without the path. */
  readonly failure: string | null;
}

export interface Obsolete {
  /** Path of the expectation whose capture is gone. */
  readonly path: string;
  readonly removed: boolean;
}

export interface CheckResult {
  readonly version: string;
  readonly options: ReportOptions;
  /** Sorted by path. */
  readonly captures: readonly CaptureOutcome[];
  readonly obsolete: readonly Obsolete[];
  /** If the run was interrupted: how many captures were not checked. */
  readonly unchecked: number;
}

export type Totals = Readonly<Record<CheckStatus, number>>;

export function totalsOf({ captures }: Pick<CheckResult, 'captures'>): Totals {
  const totals = { passed: 0, different: 0, missing: 0, written: 0, updated: 0, failed: 0 };
  for (const { status } of captures) totals[status]++;
  return totals;
}

/** The file that holds the expectation of a capture. */
export function expectationPath(capture: string): string {
  return `${capture}${EXPECTATION_ENDING}`;
}

export const EXPECTATION_ENDING = '.wscap.json';
