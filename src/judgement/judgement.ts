/** What the rules over one connection say of it. */
import type { Anomaly, RuleMeta } from './rule.ts';

/** A rule that would have spoken, had the capture shown enough. */
export interface Withheld {
  /** Its id. */
  readonly rule: string;
  readonly meta: RuleMeta;
  /** A clause. */
  readonly reason: string;
}

export interface Judgement {
  readonly anomalies: readonly Anomaly[];
  readonly withheld: readonly Withheld[];
  /** Findings of a rule beyond those that are kept. */
  readonly omitted: readonly { readonly rule: string; readonly count: number }[];
}
