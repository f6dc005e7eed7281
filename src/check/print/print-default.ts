/** `--reporter default`: for people, on a terminal or in the log of a CI job. What went wrong stands at the end. */
import { wrapText } from '../../report/fit-text.ts';
import { countOf } from '../../report/format-count.ts';
import type { Mark, Theme } from '../../report/terminal/theme.ts';
import type { CaptureOutcome, CheckResult, CheckStatus } from '../result.ts';
import { diffLines, headlineOf, isProblem } from './describe-outcome.ts';
import { partialText, totalsText } from './totals-text.ts';

const MARKS: Readonly<Record<CheckStatus, Mark>> = {
  passed: 'clean',
  different: 'error',
  missing: 'error',
  written: 'info',
  updated: 'info',
  failed: 'error',
};
/** Of more, those that are as expected are only counted. */
const MAX_PASSED = 20;

/** @param width cells of a line of prose */
export function* printDefault(result: CheckResult, theme: Theme, width: number): Generator<string> {
  const { captures } = result;
  const showsPassed = captures.length <= MAX_PASSED;
  const quiet = captures.filter((outcome) => !isProblem(outcome));
  for (const outcome of quiet) {
    if (outcome.status !== 'passed' || showsPassed) yield text(outcomeLines(outcome, theme, width));
  }
  for (const outcome of captures.filter(isProblem)) yield text(outcomeLines(outcome, theme, width));
  yield text(obsoleteLines(result, theme));
  const isBad = captures.some(isProblem);
  const mark = theme.symbol(isBad ? 'error' : result.unchecked > 0 ? 'warning' : 'clean');
  yield `${captures.length > 0 ? '\n' : ''}${mark} ${theme.strong(totalsText(result))}\n`;
  const partial = partialText(result);
  if (partial !== '') yield `${theme.symbol('warning')} ${partial}\n`;
  if (captures.some(({ status }) => status === 'different')) {
    yield `  ${theme.own('If a difference is meant:')} ${theme.code('wscap check -u')} ${theme.own('writes it down; commit what it changes.')}\n`;
  }
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function outcomeLines(outcome: CaptureOutcome, theme: Theme, width: number): string[] {
  const { path, status, differences, moreDifferences } = outcome;
  const [first, ...rest] = wrapText(`${theme.safe(path)}: ${theme.safe(headlineOf(outcome))}`, width - 2);
  const lines = [`${theme.symbol(MARKS[status])} ${first ?? ''}`, ...rest.map((line) => `  ${line}`)];
  for (const difference of differences) {
    lines.push(
      ...wrapText(theme.safe(difference.sentence), width - 2).map((line) => `  ${theme.strong(line)}`),
    );
    for (const line of diffLines(difference)) {
      const safe = `    ${theme.safe(line)}`;
      lines.push(line.startsWith('-') ? theme.colored('error', safe) : theme.code(safe));
    }
  }
  if (moreDifferences > 0)
    lines.push(`  ${theme.own('…')}and ${countOf(moreDifferences, 'more difference')}`);
  return lines;
}

function obsoleteLines({ obsolete }: CheckResult, theme: Theme): string[] {
  return obsolete.map(({ path, removed }) => {
    const what = removed
      ? 'removed, for its capture is gone'
      : 'obsolete, for its capture is gone (-u removes it)';
    return `${theme.symbol(removed ? 'info' : 'warning')} ${theme.safe(path)}: ${what}`;
  });
}
