/** `wscap explain`: prints the page of a rule, what a code, status, note or verdict means, or the list of all rules. */
import { createTheme, type Theme } from '../../report/terminal/theme.ts';
import { ALL_RULES } from '../../rules/index.ts';
import type { RuleMeta } from '../../judgement/rule.ts';
import { wantsAscii, wantsColor } from '../color-support.ts';
import { EXIT_ANALYSED } from '../exit-codes.ts';
import type { ExplainRequest } from './explain-request.ts';
import type { Io } from '../io.ts';
import { closestTo } from '../did-you-mean.ts';
import { nearestRule } from '../nearest-rule.ts';
import { UsageError } from '../usage-error.ts';
import { ruleGroups } from './groups.ts';
import { readPage } from './pages.ts';
import { ruleFacts } from './rule-facts.ts';
import { ruleListLines } from './rule-list.ts';
import { rulePageLines } from './rule-page.ts';
import { wordPageLines } from './word-page.ts';
import { words, wordsNamed, type Word } from './words.ts';

const DEFAULT_COLUMNS = 80;
/** Prose wider than this is hard to read. */
const WIDEST = 100;
/** Text is not fitted to a width below this. */
const LEAST_COLUMNS = 24;

export function runExplain(request: ExplainRequest, io: Io): number {
  const subject = request.name === undefined ? null : subjectNamed(request.name);
  io.stdout.write(request.format === 'json' ? jsonText(subject) : terminalText(subject, request, io));
  return EXIT_ANALYSED;
}

/** What is to be explained, and the name by which it was asked for. */
type Subject =
  | { readonly kind: 'rule'; readonly rule: RuleMeta }
  | { readonly kind: 'words'; readonly words: readonly Word[]; readonly asked: string };

/** A name that is a rule and a verdict is the rule: its page says more. */
function subjectNamed(name: string): Subject {
  const rule = ALL_RULES.find(({ id }) => id === name);
  if (rule !== undefined) return { kind: 'rule', rule };
  const named = wordsNamed(name);
  if (named.length > 0) return { kind: 'words', words: named, asked: name };
  const near =
    nearestRule(name) ??
    closestTo(
      name,
      words().map((each) => each.name),
    );
  const hint = near === undefined ? '' : `, did you mean "${near}"?`;
  throw new UsageError(`there is no rule "${name}"${hint}`, '', 'wscap explain');
}

function jsonText(subject: Subject | null): string {
  return `${JSON.stringify(contentOf(subject), null, 2)}\n`;
}

function contentOf(subject: Subject | null): object {
  if (subject === null)
    return { rules: ruleGroups().flatMap(({ rules }) => rules.map(ruleFacts)), words: words() };
  if (subject.kind === 'words')
    return subject.words.length === 1 ? subject.words[0]! : { words: subject.words };
  return { ...ruleFacts(subject.rule), page: readPage(subject.rule.id) };
}

function terminalText(
  subject: Subject | null,
  { color, ascii }: ExplainRequest,
  { stdout, env }: Io,
): string {
  const theme = createTheme({
    color: wantsColor(color, stdout.isTTY, env),
    ascii: wantsAscii(ascii, env),
  });
  // A terminal may say 0.
  const columns = stdout.columns ?? 0;
  const width = Math.max(Math.min(columns === 0 ? DEFAULT_COLUMNS : columns, WIDEST), LEAST_COLUMNS);
  return `${linesOf(subject, theme, width).join('\n')}\n`;
}

function linesOf(subject: Subject | null, theme: Theme, width: number): string[] {
  if (subject === null) return ruleListLines(ruleGroups(), theme, width);
  if (subject.kind === 'words') {
    return subject.words.flatMap((word) => wordPageLines(word, subject.asked, theme, width));
  }
  return rulePageLines(subject.rule, readPage(subject.rule.id), theme, width);
}
