/** The library's `analyze`: takes a path, bytes or a stream, returns the report. */
import { analyzeEach, wholeReport, type AnalyzeOptions as EngineOptions } from '../analyze.ts';
import type { ConnectionReport, Report } from '../report/model.ts';
import { captureInputs, type AnalyzeInput } from './capture-input.ts';
import { keysOf } from './keys.ts';
import { RuleRunner } from './rule-runner.ts';
import type { Rule } from './rule.ts';

export interface AnalyzeOptions extends Omit<EngineOptions, 'keys'> {
  /** What the report and errors call an input that has no path. Default "bytes" or "stream". */
  readonly name?: string;
  /**
   * Keys of TLS connections: the text of a key log (SSLKEYLOGFILE), as bytes, or of several. Keys that a pcapng carries are used in any
   * case. A key log that lies beside the capture is not: read it, and hand it over.
   */
  readonly keys?: Uint8Array | readonly Uint8Array[];
  /** Rules of your own, beside those of wscap. */
  readonly ownRules?: readonly Rule[];
}

/**
 * Analyses one capture. Rejects with a {@link CaptureError} if it can't be read at all; with the stream's own error
 * if a stream fails; with the signal's reason if the signal is aborted; with a {@link RuleError} if one of your own
 * rules throws; with a TypeError or RangeError if an option is wrong. From a damaged file, what can be read is
 * reported, with a note.
 */
export async function analyze(input: AnalyzeInput, options: AnalyzeOptions = {}): Promise<Report> {
  const { name, ownRules = [], keys = [], ...engineOptions } = options;
  const runner = new RuleRunner(ownRules, options.rules ?? {});
  const connections: ConnectionReport[] = [];
  const inputs = captureInputs(input, { name, signal: options.signal });
  const summary = await analyzeEach(inputs, { ...engineOptions, keys: keysOf(keys) }, (connection) => {
    runner.judge(connection);
    connections.push(connection);
  });
  connections.sort((a, b) => a.id - b.id);
  return wholeReport(runner.summary(summary), connections);
}
