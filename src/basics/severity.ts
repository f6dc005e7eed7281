/** How grave a finding is. The order of severities is said here and nowhere else. */

export type Severity = 'error' | 'warning' | 'info';

/** Worst first. */
export const SEVERITIES: readonly ['error', 'warning', 'info'] = ['error', 'warning', 'info'];

const PLACES: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
const PLACE_OF_NONE = SEVERITIES.length;

/** For sorting: the worse of the two first, null (nothing was found) last. */
export function compareSeverity(a: Severity | null, b: Severity | null): number {
  return placeOf(a) - placeOf(b);
}

/** Whether `severity` is `limit` or worse. */
export function isAtLeast(severity: Severity, limit: Severity): boolean {
  return PLACES[severity] <= PLACES[limit];
}

/** For what comes from outside, from a caller without types for instance. */
export function isSeverity(value: unknown): value is Severity {
  return SEVERITIES.some((severity) => severity === value);
}

function placeOf(severity: Severity | null): number {
  return severity === null ? PLACE_OF_NONE : PLACES[severity];
}
