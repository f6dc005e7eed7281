import { expect, test } from 'vitest';
import { isBadVerdict } from '../../src/basics/verdict.ts';

test('a verdict is bad where something went wrong, not where it can not be known', () => {
  expect(['handshake-close', 'rejected', 'unanswered', 'abnormal'].every(isBadVerdict)).toBe(true);
  expect(['clean', 'open', 'unknown', 'anything else'].some(isBadVerdict)).toBe(false);
});
