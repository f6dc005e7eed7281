/**
 * `--reporter github`: annotations of GitHub Actions, at the expectation that is not met. GitHub shows ten of a kind in a
 * step and hides the rest without a word, so the tenth says how many there are more.
 */
import { escapeCommandData, escapeCommandProperty } from '../../report/escape.ts';
import { countOf } from '../../report/format-count.ts';
import type { CaptureOutcome, CheckResult, Obsolete } from '../result.ts';
import { diffLines, fileOf, headlineOf, isProblem } from './describe-outcome.ts';
import { partialText } from './totals-text.ts';

const SHOWN_OF_A_KIND = 10;
/** Differences told in one annotation. */
const SHOWN_DIFFERENCES = 5;

export function* printGithub(result: CheckResult): Generator<string> {
  const partial = partialText(result);
  const warnings = result.obsolete.filter(({ removed }) => !removed).map(obsoleteAnnotation);
  if (partial !== '') warnings.unshift(`::warning title=wscap check::${escapeCommandData([partial])}`);
  for (const line of bounded('error', result.captures.filter(isProblem).map(annotation))) yield `${line}\n`;
  for (const line of bounded('warning', warnings)) yield `${line}\n`;
}

function bounded(kind: 'error' | 'warning', lines: readonly string[]): readonly string[] {
  if (lines.length <= SHOWN_OF_A_KIND) return lines;
  const shown = lines.slice(0, SHOWN_OF_A_KIND - 1);
  const hidden = countOf(lines.length - shown.length, `more ${kind}`);
  return [
    ...shown,
    `::${kind} title=wscap check::${escapeCommandData([`${hidden}: the log of wscap check has all`])}`,
  ];
}

function annotation(outcome: CaptureOutcome): string {
  const { path, differences } = outcome;
  const shown = differences.slice(0, SHOWN_DIFFERENCES);
  const hidden = differences.length + outcome.moreDifferences - shown.length;
  const lines =
    shown.length === 0
      ? [`${path}: ${headlineOf(outcome)}`]
      : shown.flatMap((difference) => [difference.sentence, ...diffLines(difference)]);
  if (hidden > 0) lines.push(`and ${countOf(hidden, 'more difference')}`);
  const file = filePart(fileOf(outcome));
  return `::error ${file}title=${escapeCommandProperty(`wscap check: ${path}`)}::${escapeCommandData(lines)}`;
}

function obsoleteAnnotation({ path }: Obsolete): string {
  return `::warning ${filePart(path)}title=wscap check::${escapeCommandData([`${path} is obsolete: its capture is gone`])}`;
}

/** GitHub links a file of the repository; a path from elsewhere would mean nothing. */
function filePart(path: string): string {
  return /^(?:[/\\]|\.\.|\w:)/.test(path) ? '' : `file=${escapeCommandProperty(path)},`;
}
