import { expect, test } from 'vitest';
import { InflateBudget } from '../../src/websocket/inflate-budget.ts';

const FREE = 512 * 1024 * 1024;

test('so many directions at once, and one more for each that is given back', () => {
  const budget = new InflateBudget();
  for (let i = 0; i < 1536; i++) expect(budget.open()).toBe(true);
  expect(budget.open()).toBe(false);
  budget.release();
  expect(budget.open()).toBe(true);
  expect(budget.open()).toBe(false);
});

test('more directions at once where more was compressed, up to twice as many', () => {
  const opened = (input: number): number => {
    const budget = new InflateBudget();
    budget.input(input);
    let count = 0;
    while (budget.open()) count++;
    return count;
  };
  expect([0, 16_383, 16_384, 10e6, 32 * 1024 * 1024, 1e12].map(opened)).toEqual([
    1536, 1536, 1537, 2146, 3584, 4096,
  ]);
});

test('any capture may inflate to 512 MiB, and not to a byte more', () => {
  const budget = new InflateBudget();
  expect(budget.output(FREE)).toBe(true);
  expect(budget.output(1)).toBe(false);
});

test('what was compressed well is allowed for', () => {
  const budget = new InflateBudget();
  budget.output(FREE);
  budget.input(10);
  expect(budget.output(400)).toBe(true);
  expect(budget.output(1)).toBe(false);
});

test('zlib streams that begin anew are not free', () => {
  const budget = new InflateBudget();
  let reopened = 0;
  while (budget.reopen()) reopened++;
  expect(reopened).toBe(FREE / 4096);
});
