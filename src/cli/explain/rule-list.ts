/** All rules for a terminal, in groups: severity, name, title. */
import { wrapText } from '../../report/fit-text.ts';
import type { Theme } from '../../report/terminal/theme.ts';
import type { RuleMeta } from '../../judgement/rule.ts';
import type { RuleGroup } from './groups.ts';

/** A title with less room than this gets lines of its own. */
const LEAST_TITLE = 24;
const SEVERITY_CELLS = 'warning'.length;

export function ruleListLines(groups: readonly RuleGroup[], theme: Theme, width: number): string[] {
  const ids = Math.max(...groups.flatMap(({ rules }) => rules.map(({ id }) => id.length)));
  const footer = theme.own(
    'Each rule is listed with its highest severity. wscap explain RULE says when it is milder, how it is decided, and what ' +
      'to look at next. It also explains close codes (1006), HTTP statuses (426), notes (gap) and verdicts (clean).',
  );
  return [
    ...groups.flatMap(({ title, rules }) => [
      theme.strong(title),
      ...rules.flatMap((rule) => ruleLines(rule, ids, theme, width)),
      '',
    ]),
    ...wrapText(footer, width),
  ];
}

function ruleLines({ id, severity, title }: RuleMeta, ids: number, theme: Theme, width: number): string[] {
  const name = `  ${theme.symbol(severity)} `;
  const word = theme.colored(severity, severity);
  const column = 4 + SEVERITY_CELLS + 2 + ids + 2;
  if (width - column < LEAST_TITLE) {
    const [first = '', ...rest] = wrapText(theme.safe(`${severity}: ${title}`), width - 4);
    return [name + id, ...[first.replace(severity, () => word), ...rest].map((line) => `    ${line}`)];
  }
  const lead = name + word + ' '.repeat(SEVERITY_CELLS - severity.length + 2) + id.padEnd(ids + 2);
  const [first = '', ...rest] = wrapText(theme.safe(title), width - column);
  return [lead + first, ...rest.map((line) => ' '.repeat(column) + line)];
}
