/** An expected count: one number, or bounds. */
import type { CountBound } from './expectation.ts';

export function isWithin(count: number, bound: CountBound): boolean {
  if (typeof bound === 'number') return count === bound;
  return count >= (bound.min ?? 0) && count <= (bound.max ?? Infinity);
}

/** "no", "2", "at least 1", "at most 3", "1 to 3". */
export function boundText(bound: CountBound): string {
  if (typeof bound === 'number') return bound === 0 ? 'no' : String(bound);
  const { min, max } = bound;
  if (min === undefined) return max === undefined ? 'any number of' : `at most ${max}`;
  return max === undefined ? `at least ${min}` : `${min} to ${max}`;
}
