/** Connections one by one, with `for await`: the capture is read only as fast as the caller takes them. */
import { analyzeEach as engine } from '../analyze.ts';
import type { FileChunk } from '../capture/capture-bytes.ts';
import type { ConnectionReport, ReportSummary } from '../report/model.ts';
import type { AnalyzeOptions } from './analyze.ts';
import { captureInputs, passThrough, type AnalyzeInput } from './capture-input.ts';
import { Handover } from './handover.ts';
import { keysOf } from './keys.ts';
import { RuleRunner } from './rule-runner.ts';

/**
 * This many bytes are read before the caller gets its turn. In a gzip file they are compressed: a thousand times more
 * may come out.
 */
const PIECE_LENGTH = 256 * 1024;
const GZIP_PIECE_LENGTH = 16 * 1024;

export interface ConnectionStream extends AsyncIterable<ConnectionReport> {
  /**
   * The report without its connections, once the last connection was taken. Rejects if the analysis failed or the
   * loop was left early; never settles if nobody iterates.
   */
  readonly summary: Promise<ReportSummary>;
}

/**
 * Analyses one capture of any size and yields each connection when it is over. The order is the same each time the
 * same capture is read. Nothing is read before the first connection is asked for; `break` closes the file or stream.
 * Throws the same errors as {@link analyze}, from within the loop. Can be iterated once.
 */
export function analyzeEach(input: AnalyzeInput, options: AnalyzeOptions = {}): ConnectionStream {
  let settle: { resolve: (summary: ReportSummary) => void; reject: (error: unknown) => void };
  const summary = new Promise<ReportSummary>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A caller that doesn't use `summary` gets the error from the loop; this prevents an unhandled rejection.
  summary.catch(() => undefined);
  let isStarted = false;
  return {
    summary,
    [Symbol.asyncIterator]() {
      if (isStarted) throw new TypeError('analyzeEach: the connections can be iterated once');
      isStarted = true;
      return connections(input, options, settle.resolve, settle.reject);
    },
  };
}

async function* connections(
  input: AnalyzeInput,
  options: AnalyzeOptions,
  resolve: (summary: ReportSummary) => void,
  reject: (error: unknown) => void,
): AsyncGenerator<ConnectionReport, void, undefined> {
  const stop = new AbortController();
  const handover = new Handover<ConnectionReport>();
  const working = work(input, options, stop.signal, handover);
  let isComplete = false;
  try {
    for (;;) {
      const items = await handover.take();
      if (items === null) break;
      yield* items;
    }
    isComplete = true;
    resolve(await working);
  } catch (error) {
    reject(error);
    throw error;
  } finally {
    if (!isComplete) {
      const left = new Error('the connections were not iterated to the end');
      stop.abort(left);
      handover.abandon();
      // Wait until the file is closed, so that it is closed when the loop is left.
      await working.catch(() => undefined);
      reject(left);
    }
  }
}

async function work(
  input: AnalyzeInput,
  options: AnalyzeOptions,
  stop: AbortSignal,
  handover: Handover<ConnectionReport>,
): Promise<ReportSummary> {
  try {
    const { name, ownRules = [], keys = [], ...engineOptions } = options;
    const signal = options.signal === undefined ? stop : AbortSignal.any([stop, options.signal]);
    const runner = new RuleRunner(ownRules, options.rules ?? {});
    const inputs = captureInputs(input, { name, signal }).map((each) =>
      passThrough(each, (chunks) => inStep(chunks, handover)),
    );
    const summary = await engine(inputs, { ...engineOptions, keys: keysOf(keys), signal }, (connection) => {
      runner.judge(connection);
      handover.push(connection);
    });
    handover.end(null);
    return runner.summary(summary);
  } catch (error) {
    handover.end({ error });
    throw error;
  }
}

/**
 * Splits chunks into smaller pieces, and gives the next one only when the connections from the one before were taken.
 */
async function* inStep(
  chunks: AsyncIterable<FileChunk>,
  handover: Handover<ConnectionReport>,
): AsyncGenerator<FileChunk, void, undefined> {
  let length: number | undefined;
  for await (const { bytes, totalBytes } of chunks) {
    length ??= bytes[0] === 0x1f ? GZIP_PIECE_LENGTH : PIECE_LENGTH;
    for (let at = 0; at < bytes.length; at += length) {
      await handover.offer();
      yield { bytes: bytes.subarray(at, at + length), totalBytes };
    }
  }
}
