/** What a rule says of itself in code: for the head of its page, and for other programs. */
import type { RuleMeta, RuleOptionSpec } from '../../judgement/rule.ts';

export interface RuleFacts {
  id: string;
  group: string;
  title: string;
  severity: string;
  spec: string;
  requires: readonly string[];
  options: ({ name: string } & RuleOptionSpec)[];
  messages: Readonly<Record<string, string>>;
}

export function ruleFacts(rule: RuleMeta): RuleFacts {
  const { id, section, title, severity, spec, options, messages } = rule;
  return {
    id,
    group: section,
    title,
    severity,
    spec,
    requires: requirementsOf(rule),
    options: Object.entries(options).map(([name, option]) => ({ name, ...option })),
    messages,
  };
}

/** Rules over the whole capture have none: they rest on what the others found. */
function requirementsOf(rule: RuleMeta & { readonly requires?: readonly string[] }): readonly string[] {
  return rule.requires ?? [];
}
