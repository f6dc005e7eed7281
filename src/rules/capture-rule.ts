/** Rules that see every connection of a capture at once. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { Anomaly, Finding, OptionValues, RuleMeta, RuleOptionSpecs } from './rule.ts';
import type { RuleContext } from './rule-context.ts';
import type { Verdict } from './verdict.ts';

/** A connection, and what the rules over one connection made of it. */
export interface JudgedConnection {
  readonly record: ConnectionRecord;
  readonly anomalies: readonly Anomaly[];
  readonly verdict: Verdict;
}

export interface CaptureFinding extends Finding {
  /** Ids of the connections concerned, in order. */
  readonly connections: readonly number[];
}

export interface CaptureAnomaly extends CaptureFinding {
  readonly rule: string;
}

export interface CaptureRule<Options extends RuleOptionSpecs = RuleOptionSpecs> extends RuleMeta<Options> {
  /** `connections` are those of the report, by id. */
  checkCapture(
    connections: readonly JudgedConnection[],
    context: RuleContext,
    options: OptionValues<Options>,
  ): readonly CaptureFinding[];
}
