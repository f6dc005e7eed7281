/** `--reporter junit`: a case a capture, for whatever reads JUnit's XML. Only what the Jenkins schema (junit-10.xsd) knows is written. */
import { escapeMarkup } from '../../report/escape.ts';
import type { CaptureOutcome, CheckResult } from '../result.ts';
import { diffLines, headlineOf } from './describe-outcome.ts';
import { partialText } from './totals-text.ts';

/** The same captures are to give the same bytes. */
const NO_TIME = '0.000';

export function* printJunit(result: CheckResult): Generator<string> {
  const { captures, obsolete } = result;
  const errors = captures.filter(({ status }) => status === 'failed').length;
  const failures = captures.filter(({ status }) => status === 'different' || status === 'missing').length;
  const numbers = `tests="${captures.length}" failures="${failures}" errors="${errors}"`;
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="wscap check" ${numbers} time="${NO_TIME}">\n`;
  yield `  <testsuite name="wscap check" ${numbers} skipped="0" time="${NO_TIME}">\n`;
  yield `    <properties>\n      <property name="wscap.version" value="${escapeMarkup(result.version)}"/>\n    </properties>\n`;
  for (const outcome of captures) yield caseText(outcome);
  const notes = obsolete.map(
    ({ path, removed }) => `${path}: ${removed ? 'removed' : 'obsolete'}, its capture is gone`,
  );
  const partial = partialText(result);
  if (partial !== '') notes.push(partial);
  if (notes.length > 0) yield `    <system-out>${notes.map(escapeMarkup).join('\n')}</system-out>\n`;
  yield '  </testsuite>\n</testsuites>\n';
}

function caseText(outcome: CaptureOutcome): string {
  const start = `    <testcase classname="wscap.check" name="${escapeMarkup(outcome.path)}" time="${NO_TIME}"`;
  const body = bodyOf(outcome);
  return body === null ? `${start}/>\n` : `${start}>\n      ${body}\n    </testcase>\n`;
}

function bodyOf(outcome: CaptureOutcome): string | null {
  const { status, differences, moreDifferences } = outcome;
  const headline = headlineOf(outcome);
  switch (status) {
    case 'passed':
      return null;
    case 'failed':
      return `<error type="unreadable" message="${escapeMarkup(headline)}"/>`;
    case 'missing':
      return `<failure type="missing" message="${escapeMarkup(headline)}"/>`;
    case 'written':
    case 'updated':
      return `<system-out>${escapeMarkup(headline)}</system-out>`;
    case 'different': {
      const lines = differences.flatMap((difference) => [difference.sentence, ...diffLines(difference)]);
      if (moreDifferences > 0) lines.push(`and ${moreDifferences} more`);
      const message = differences[0]?.sentence ?? headline;
      return `<failure type="different" message="${escapeMarkup(message)}">${lines.map(escapeMarkup).join('\n')}</failure>`;
    }
  }
}
