import { expect, it } from 'vitest';
import { ruleGroups } from '../../../src/cli/explain/groups.ts';
import { ALL_RULES } from '../../../src/rules/index.ts';

it('has every rule once, and in each section places from 1 up without a gap', () => {
  const groups = ruleGroups();
  const ids = groups.flatMap(({ rules }) => rules.map(({ id }) => id));
  expect(ids.toSorted()).toEqual(ALL_RULES.map(({ id }) => id).toSorted());
  for (const { rules } of groups) {
    expect(rules.map(({ place }) => place)).toEqual(rules.map((_, index) => index + 1));
  }
});

it('begins with the opening handshake and ends with what several connections have in common', () => {
  const titles = ruleGroups().map(({ title }) => title);
  expect(titles).toHaveLength(6);
  expect(titles[0]).toBe('Opening handshake');
  expect(titles.at(-1)).toBe('Across connections');
});
