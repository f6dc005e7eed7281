/** The severities of findings. Their order is defined here and nowhere else. */

export type Severity = 'error' | 'warning' | 'info';

/** Worst first. */
export const SEVERITIES: readonly ['error', 'warning', 'info'] = ['error', 'warning', 'info'];

const PLACES: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
const PLACE_OF_NONE = SEVERITIES.length;

/** For sorting: the worse one first, null (no finding) last. */
export function compareSeverity(a: Severity | null, b: Severity | null): number {
  return placeOf(a) - placeOf(b);
}

/** Whether `severity` is `limit` or worse. */
export function isAtLeast(severity: Severity, limit: Severity): boolean {
  return PLACES[severity] <= PLACES[limit];
}

/** For values from outside, such as from a caller without types. */
export function isSeverity(value: unknown): value is Severity {
  return SEVERITIES.some((severity) => severity === value);
}

function placeOf(severity: Severity | null): number {
  return severity === null ? PLACE_OF_NONE : PLACES[severity];
}
