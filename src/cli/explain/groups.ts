/** The rules in groups, for reading: what a person looks for is a phase in the life of a connection. */
import { ALL_RULES } from '../../rules/index.ts';
import { SECTIONS, type RuleMeta } from '../../judgement/rule.ts';

export interface RuleGroup {
  readonly title: string;
  readonly rules: readonly RuleMeta[];
}

/** The groups that have rules; in each, the rules in the order of their places. */
export function ruleGroups(): RuleGroup[] {
  return SECTIONS.map((title) => ({
    title,
    rules: ALL_RULES.filter(({ section }) => section === title).sort((a, b) => a.place - b.place),
  })).filter(({ rules }) => rules.length > 0);
}
