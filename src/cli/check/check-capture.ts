/**
 * Checks one capture against the expectation beside it: the work that a pool of threads shares. Whatever is
 * wrong with a capture becomes its outcome, never an exception.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { analyzeEach } from '../../analyze.ts';
import { CaptureError } from '../../capture/capture-error.ts';
import { compareObservation, isSavedPartMet } from '../../check/compare.ts';
import type { Difference } from '../../check/difference.ts';
import { Observer, type Observation } from '../../check/observation.ts';
import { printExpectation } from '../../check/print-expectation.ts';
import { expectationPath, type CaptureOutcome, type CheckStatus } from '../../check/result.ts';
import { expectationOf, updatedExpectation } from '../../check/update.ts';
import type { ReportOptions } from '../../report/model.ts';
import type { NamedKeys } from '../../tls/key-source.ts';
import { ConfigError } from '../config/config-error.ts';
import { keysBeside, keysOfTexts, type KeyText } from '../keys/key-files.ts';
import { captureClause, internalClause, systemClause } from '../failure.ts';

export interface CaptureTask {
  /** To open the file; of a rotated capture the first one. The expectation lies beside it. */
  readonly path: string;
  /** The files of a rotated capture, in order. */
  readonly parts?: readonly string[];
  /** To show to people. */
  readonly name: string;
  readonly size: number;
}

export interface TaskOptions {
  readonly analysis: ReportOptions;
  /** Which expectations are written: none, those of captures that have none, those that differ as well. */
  readonly save: 'none' | 'new' | 'all';
  /** Keys of TLS connections in any of the captures. */
  readonly keys: readonly KeyText[];
}

/** The most differences that are listed; the rest are counted. */
const MAX_DIFFERENCES = 20;

interface Verdict {
  readonly status: CheckStatus;
  readonly differences: readonly Difference[];
}

export async function checkCapture(
  { path, parts, name }: CaptureTask,
  options: TaskOptions,
): Promise<CaptureOutcome> {
  try {
    const observer = new Observer(options.analysis.windowMs);
    const inputs = parts ?? [path];
    const keys = [...sharedKeys(options.keys), ...(await keysBeside(inputs, dirname(path), options.keys))];
    const summary = await analyzeEach(inputs, { ...options.analysis, keys }, (connection) => {
      observer.add(connection);
    });
    const observation = observer.end(summary);
    const { status, differences } = await judge(observation, expectationPath(path), options.save);
    return {
      path: name,
      status,
      connections: observation.groups.reduce((sum, { count }) => sum + count, 0),
      errors: summary.totals.anomalies.error,
      differences: differences.slice(0, MAX_DIFFERENCES),
      moreDifferences: Math.max(0, differences.length - MAX_DIFFERENCES),
      failure: null,
    };
  } catch (error) {
    return failedOutcome(name, failureOf(error));
  }
}

let indexed: { readonly of: readonly KeyText[]; readonly keys: readonly NamedKeys[] } | null = null;

/** The keys that all captures share are indexed once in a thread. */
function sharedKeys(texts: readonly KeyText[]): readonly NamedKeys[] {
  if (indexed?.of !== texts) indexed = { of: texts, keys: keysOfTexts(texts) };
  return indexed.keys;
}

/** @param failure a clause that follows the name */
export function failedOutcome(name: string, failure: string): CaptureOutcome {
  return {
    path: name,
    status: 'failed',
    connections: 0,
    errors: 0,
    differences: [],
    moreDifferences: 0,
    failure,
  };
}

async function judge(observation: Observation, file: string, save: TaskOptions['save']): Promise<Verdict> {
  const fresh = printExpectation(expectationOf(observation));
  const text = readExpectation(file);
  // Most captures give exactly the text that was saved.
  if (text === fresh) return { status: 'passed', differences: [] };
  if (text === null) {
    if (save === 'none') return { status: 'missing', differences: [] };
    replaceFile(file, fresh);
    return { status: 'written', differences: [] };
  }
  const { parseExpectation } = await import('./parse-expectation.ts');
  const expectation = parseExpectation(text, basename(file));
  const differences = compareObservation(observation, expectation);
  if (differences.length === 0) return { status: 'passed', differences };
  if (save !== 'all' || isSavedPartMet(observation, expectation)) return { status: 'different', differences };
  const updated = updatedExpectation(observation, expectation);
  replaceFile(file, printExpectation(updated));
  // What people asserted, only people change.
  const left = compareObservation(observation, updated);
  return left.length > 0 ? { status: 'different', differences: left } : { status: 'updated', differences };
}

function readExpectation(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes the file so that nobody ever finds half an expectation. */
function replaceFile(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error instanceof Error && 'code' in error ? Object.assign(error, { path: file }) : error;
  }
}

function failureOf(error: unknown): string {
  if (error instanceof CaptureError) return captureClause(error);
  if (error instanceof ConfigError) return error.message;
  return systemClause(error) ?? internalClause(error);
}
