import { expect, it } from 'vitest';
import { groupOf, OTHERS, ruleGroups } from '../../../src/cli/explain/groups.ts';
import { ALL_RULES } from '../../../src/rules/index.ts';

it('has every rule once, in a group that says something', () => {
  const ids = ruleGroups().flatMap(({ rules }) => rules.map(({ id }) => id));
  expect(ids.toSorted()).toEqual(ALL_RULES.map(({ id }) => id).toSorted());
  expect(ALL_RULES.filter(({ id }) => groupOf(id) === OTHERS).map(({ id }) => id)).toEqual([]);
});
