/** What a rule is. Rules are pure functions of a {@link ConnectionRecord}: facts in, findings out. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { RequirementId } from './requirements.ts';
import type { RuleOptions } from './rule-options.ts';

export type Severity = 'error' | 'warning' | 'info';

export type EvidenceValue = string | number | boolean | null;

export interface Finding {
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

export interface Rule {
  /** Never changes: people keep it in configurations and saved expectations. */
  readonly id: string;
  readonly title: string;
  /** The severity that it has by default, or the gravest of several. */
  readonly severity: Severity;
  /** What it rests on: RFC and section, or experience. */
  readonly spec: string;
  /** What the capture must show for a finding to count; the engine withholds it otherwise, and says so. */
  readonly requires: readonly RequirementId[];
  check(record: ConnectionRecord, options: RuleOptions): Finding | null;
}
