/** `wscap explain`: prints the page of a rule, or the list of all. */
import { createTheme } from '../../report/terminal/theme.ts';
import { ALL_RULES } from '../../rules/index.ts';
import type { RuleMeta } from '../../judgement/rule.ts';
import { wantsAscii, wantsColor } from '../color-support.ts';
import { EXIT_ANALYSED } from '../exit-codes.ts';
import type { ExplainRequest } from './explain-request.ts';
import type { Io } from '../io.ts';
import { nearestRule } from '../nearest-rule.ts';
import { UsageError } from '../usage-error.ts';
import { ruleGroups } from './groups.ts';
import { readPage } from './pages.ts';
import { ruleFacts } from './rule-facts.ts';
import { ruleListLines } from './rule-list.ts';
import { rulePageLines } from './rule-page.ts';

const DEFAULT_COLUMNS = 80;
/** Prose wider than this is hard to read. */
const WIDEST = 100;
/** Text is not fitted to a width below this. */
const LEAST_COLUMNS = 24;

export function runExplain(request: ExplainRequest, io: Io): number {
  const rule = request.rule === undefined ? null : ruleNamed(request.rule);
  io.stdout.write(request.format === 'json' ? jsonText(rule) : terminalText(rule, request, io));
  return EXIT_ANALYSED;
}

function ruleNamed(name: string): RuleMeta {
  const rule = ALL_RULES.find(({ id }) => id === name);
  if (rule !== undefined) return rule;
  const near = nearestRule(name);
  const hint = near === undefined ? '' : `, did you mean "${near}"?`;
  throw new UsageError(`there is no rule "${name}"${hint}`, '', 'wscap explain');
}

function jsonText(rule: RuleMeta | null): string {
  const content =
    rule === null
      ? { rules: ruleGroups().flatMap(({ rules }) => rules.map(ruleFacts)) }
      : { ...ruleFacts(rule), page: readPage(rule.id) };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function terminalText(rule: RuleMeta | null, { color, ascii }: ExplainRequest, { stdout, env }: Io): string {
  const theme = createTheme({
    color: wantsColor(color, stdout.isTTY, env),
    ascii: wantsAscii(ascii, env),
  });
  // A terminal may say 0.
  const columns = stdout.columns ?? 0;
  const width = Math.max(Math.min(columns === 0 ? DEFAULT_COLUMNS : columns, WIDEST), LEAST_COLUMNS);
  const lines =
    rule === null
      ? ruleListLines(ruleGroups(), theme, width)
      : rulePageLines(rule, readPage(rule.id), theme, width);
  return `${lines.join('\n')}\n`;
}
