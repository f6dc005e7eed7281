/** Describes how findings changed: "error handshake-close is new". */
import type { RuleSeverities } from './expectation.ts';

export function severityChanges(expected: RuleSeverities, actual: RuleSeverities): string[] {
  const clauses: string[] = [];
  for (const [rule, severity] of Object.entries(actual)) {
    const before = expected[rule];
    if (before === undefined) clauses.push(`${severity} ${rule} is new`);
    else if (before !== severity) clauses.push(`${rule} is ${severity} now, ${before} before`);
  }
  for (const [rule, severity] of Object.entries(expected)) {
    if (actual[rule] === undefined) clauses.push(`${severity} ${rule} is gone`);
  }
  return clauses;
}

export function sameSeverities(a: RuleSeverities, b: RuleSeverities): boolean {
  const rules = Object.keys(a);
  return rules.length === Object.keys(b).length && rules.every((rule) => a[rule] === b[rule]);
}
