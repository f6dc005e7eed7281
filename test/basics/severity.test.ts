import { expect, test } from 'vitest';
import { compareSeverity, isAtLeast, isSeverity, SEVERITIES } from '../../src/basics/severity.ts';

test('the worst severity comes first, nothing found comes last', () => {
  expect(([null, 'info', 'error', null, 'warning'] as const).toSorted(compareSeverity)).toEqual([
    'error',
    'warning',
    'info',
    null,
    null,
  ]);
  expect(SEVERITIES).toEqual(['error', 'warning', 'info']);
});

test('a severity is at least itself and all milder ones', () => {
  const atLeast = SEVERITIES.map((limit) => SEVERITIES.filter((severity) => isAtLeast(severity, limit)));
  expect(atLeast).toEqual([['error'], ['error', 'warning'], ['error', 'warning', 'info']]);
});

test('tells a severity from a value that is not one', () => {
  expect(SEVERITIES.every(isSeverity)).toBe(true);
  expect(['off', 'Error', '', 0, null, undefined, {}].some(isSeverity)).toBe(false);
});
