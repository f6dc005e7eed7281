import { expect, test } from 'vitest';
import { HeadBuffer } from '../../src/http/head-buffer.ts';
import { HeldBytes } from '../../src/http/held-bytes.ts';
import { HttpBudget } from '../../src/http/http-budget.ts';

const LINE = Buffer.from('a'.repeat(2000));

test('no more is taken than there is, and what is released can be taken again', () => {
  const budget = new HttpBudget(10);
  expect(budget.take(8)).toBe(true);
  expect(budget.take(3)).toBe(false);
  budget.release(8);
  expect(budget.take(10)).toBe(true);
});

test('bytes held where no room is left become a gap', () => {
  const budget = new HttpBudget(3000);
  const [one, other] = [new HeldBytes(budget), new HeldBytes(budget)];
  one.add(LINE, 0, 2000, 1, 0, 0);
  other.add(LINE, 0, 2000, 2, 0, 0);
  expect(other.take()).toMatchObject([{ gap: 2000 }]);
  one.take();
  other.add(LINE, 0, 2000, 3, 0, 0);
  expect(other.take()).toMatchObject([{ gap: null }]);
});

test('a head for which no room is left is full, and gives its room back', () => {
  const budget = new HttpBudget(3000);
  const [one, other] = [new HeadBuffer(budget), new HeadBuffer(budget)];
  one.appendLine(LINE, 0, 2000);
  other.appendLine(LINE, 0, 2000);
  expect([one.isFull, other.isFull]).toEqual([false, true]);
  one.clear();
  other.clear();
  other.appendLine(LINE, 0, 2000);
  expect(other.isFull).toBe(false);
});

test('a head of more than 1024 lines is full', () => {
  const head = new HeadBuffer(new HttpBudget());
  const line = Buffer.from('a\n');
  for (let i = 0; i < 1024; i++) head.appendLine(line, 0, 2);
  expect(head.isFull).toBe(false);
  head.appendLine(line, 0, 2);
  expect(head.isFull).toBe(true);
});
