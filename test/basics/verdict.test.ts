import { expect, test } from 'vitest';
import { isBadVerdict, isGoodVerdict, VERDICTS } from '../../src/basics/verdict.ts';

test('a verdict is bad where something went wrong, not where it can not be known', () => {
  expect(VERDICTS.filter((verdict) => !isBadVerdict(verdict))).toEqual([
    'encrypted',
    'closed',
    'clean',
    'open',
    'unknown',
  ]);
  expect(isBadVerdict('anything else')).toBe(false);
});

test('a verdict is good where the WebSocket ended in order', () => {
  expect(VERDICTS.filter(isGoodVerdict)).toEqual(['closed', 'clean']);
});
