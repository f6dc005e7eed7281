/** What a rule is. Rules are pure functions of a {@link ConnectionRecord}: facts in, findings out. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { RequirementId } from './requirements.ts';
import type { RuleContext } from './rule-context.ts';

export type Severity = 'error' | 'warning' | 'info';

export type EvidenceValue = string | number | boolean | null;

export interface Finding {
  /** Which of the rule's messages it is: a key of `messages`. Stable, where the wording may change. */
  readonly kind: string;
  readonly severity: Severity;
  /** A sentence or two: who did what, when, in which packet. May hold wire text. */
  readonly message: string;
  /** A sentence or two: what to look at next. */
  readonly advice: string;
  /** The packets that prove it, in order. */
  readonly packets: readonly number[];
  /** When it happened. */
  readonly at: PacketMark;
  readonly evidence: Readonly<Record<string, EvidenceValue>>;
}

export interface Anomaly extends Finding {
  readonly rule: string;
}

/** A threshold that users may set. */
export interface RuleOptionSpec {
  readonly default: number;
  readonly unit: 'ms' | 'count' | 'percent';
  /** A clause: "a request that waits longer than this counts as slow". */
  readonly description: string;
}

export type RuleOptionSpecs = Readonly<Record<string, RuleOptionSpec>>;

/** What rules over one connection and rules over the whole capture have in common. */
export interface RuleMeta<Options extends RuleOptionSpecs = RuleOptionSpecs> {
  /** Never changes: people keep it in configurations and saved expectations. */
  readonly id: string;
  readonly title: string;
  /** The severity that it has by default, or the gravest of several. */
  readonly severity: Severity;
  /** What it rests on: RFC and section, or experience. */
  readonly spec: string;
  readonly options: Options;
  /** All that the rule can say, by kind; `{name}` is filled in (see `fill`). */
  readonly messages: Readonly<Record<string, string>>;
}

/** The options' values, by name: those of the specs unless the user says otherwise. */
export type OptionValues<Options extends RuleOptionSpecs = RuleOptionSpecs> = {
  readonly [Name in keyof Options]: number;
};

export interface Rule<Options extends RuleOptionSpecs = RuleOptionSpecs> extends RuleMeta<Options> {
  /** What the capture must show for a finding to count; the engine withholds it otherwise, and says so. */
  readonly requires: readonly RequirementId[];
  check(
    record: ConnectionRecord,
    context: RuleContext,
    options: OptionValues<Options>,
  ): Finding | readonly Finding[] | null;
}
