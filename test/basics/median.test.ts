import { expect, test } from 'vitest';
import { median } from '../../src/basics/median.ts';

test.each([
  [[5], 5],
  [[9, 1, 3], 3],
  [[4, 1, 3, 10], 3.5],
])('the middle of %j is %j', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('the values stay in their order', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});
