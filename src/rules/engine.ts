/** Runs the rules over a record, and withholds what the capture can't prove. */
import type { ConnectionRecord } from '../connection/record.ts';
import { RULES } from './index.ts';
import { unmetRequirement } from './requirements.ts';
import type { Anomaly } from './rule.ts';
import type { RuleOptions } from './rule-options.ts';

/** A rule that would have spoken, had the capture shown enough. */
export interface Withheld {
  readonly rule: string;
  /** A clause. */
  readonly reason: string;
}

export interface Judgement {
  readonly anomalies: readonly Anomaly[];
  readonly withheld: readonly Withheld[];
}

/**
 * Rules that say all that `abnormal-closure` would, and what to look at besides: where one of them speaks (at the
 * severity named), it is not raised as well.
 */
function saysMoreThanAbnormalClosure({ rule, severity }: Anomaly): boolean {
  return (rule === 'handshake-close' && severity === 'error') || rule === 'client-handshake-close';
}

export function judge(record: ConnectionRecord, options: RuleOptions): Judgement {
  const anomalies: Anomaly[] = [];
  const withheld: Withheld[] = [];
  for (const rule of RULES) {
    const finding = rule.check(record, options);
    if (finding === null) continue;
    const reason = unmetRequirement(rule.requires, record, options);
    if (reason === null) anomalies.push({ rule: rule.id, ...finding });
    else withheld.push({ rule: rule.id, reason });
  }
  const isCovered = anomalies.some(saysMoreThanAbnormalClosure);
  return {
    anomalies: isCovered ? anomalies.filter(({ rule }) => rule !== 'abnormal-closure') : anomalies,
    withheld: isCovered ? withheld.filter(({ rule }) => rule !== 'abnormal-closure') : withheld,
  };
}
