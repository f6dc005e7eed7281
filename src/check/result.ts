/** What `wscap check` came to: what its reporters print, and what shards hand on. */
import type { ReportOptions } from '../report/model.ts';
import type { Difference } from './difference.ts';

/**
 * passed: as expected. different: not. missing: there is no expectation, and none was written. written: now there is.
 * updated: it was different, and is replaced. failed: the capture, or its expectation, could not be read.
 */
export type CheckStatus = 'passed' | 'different' | 'missing' | 'written' | 'updated' | 'failed';

export interface CaptureOutcome {
  /** As seen from the working directory, with / between the parts. */
  readonly path: string;
  readonly status: CheckStatus;
  /** Connections in the capture's report. */
  readonly connections: number;
  /** Where different or updated: what differs, the first ones. */
  readonly differences: readonly Difference[];
  /** How many more. */
  readonly moreDifferences: number;
  /** Where failed: why, as a clause without the path. */
  readonly failure: string | null;
}

export interface Obsolete {
  /** Of the expectation whose capture is gone. */
  readonly path: string;
  readonly removed: boolean;
}

export interface CheckResult {
  readonly version: string;
  readonly options: ReportOptions;
  /** By path. */
  readonly captures: readonly CaptureOutcome[];
  readonly obsolete: readonly Obsolete[];
  /** It was interrupted: so many captures were not checked. */
  readonly unchecked: number;
}

export type Totals = Readonly<Record<CheckStatus, number>>;

export function totalsOf({ captures }: Pick<CheckResult, 'captures'>): Totals {
  const totals = { passed: 0, different: 0, missing: 0, written: 0, updated: 0, failed: 0 };
  for (const { status } of captures) totals[status]++;
  return totals;
}

/** The file that an expectation stands in. */
export function expectationPath(capture: string): string {
  return `${capture}${EXPECTATION_ENDING}`;
}

export const EXPECTATION_ENDING = '.wscap.json';
