import { expect, test } from 'vitest';
import { InflateBudget } from '../../src/websocket/inflate-budget.ts';

const FREE = 512 * 1024 * 1024;

test('so many directions at once, and one more for each that is given back', () => {
  const budget = new InflateBudget();
  for (let i = 0; i < 4096; i++) expect(budget.open()).toBe(true);
  expect(budget.open()).toBe(false);
  budget.release();
  expect(budget.open()).toBe(true);
  expect(budget.open()).toBe(false);
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
