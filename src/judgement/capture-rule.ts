/** Rules that see every connection of a capture at once. */
import type { ConnectionTraces } from './connection-trace.ts';
import type { Finding, FollowedAnomaly, OptionValues, Rule, RuleMeta, RuleOptionSpecs } from './rule.ts';
import type { RuleContext } from './rule-context.ts';

export interface CaptureFinding extends Finding {
  /** Ids of the connections concerned, in order. */
  readonly connections: readonly number[];
  /** Findings on single connections, concerned or not, that follow from this one. */
  readonly followers?: readonly FollowedAnomaly[];
}

export interface CaptureAnomaly extends CaptureFinding {
  readonly rule: string;
}

export interface CaptureRule<Options extends RuleOptionSpecs = RuleOptionSpecs> extends RuleMeta<Options> {
  /** `connections` are those of the report. */
  checkCapture(
    connections: ConnectionTraces,
    context: RuleContext,
    options: OptionValues<Options>,
  ): readonly CaptureFinding[];
}

/** A rule over single connections that says something of the whole capture, too: what takes several connections to be known. */
export interface TwofoldRule<Options extends RuleOptionSpecs = RuleOptionSpecs>
  extends Rule<Options>, CaptureRule<Options> {}

export function isTwofold(rule: Rule): rule is TwofoldRule {
  return 'checkCapture' in rule;
}
