/** The result in a line: "3 captures: 1 as expected, 1 different, 1 unreadable". */
import { countOf, formatCount } from '../../report/format-count.ts';
import { totalsOf, type CheckResult, type CheckStatus } from '../result.ts';

const WORDS: Readonly<Record<CheckStatus, string>> = {
  passed: 'as expected',
  different: 'different',
  missing: 'without expectation',
  failed: 'that could not be checked',
  written: 'with a new expectation',
  updated: 'with an updated expectation',
};

export function totalsText(result: CheckResult): string {
  const totals = totalsOf(result);
  const kinds = (Object.keys(WORDS) as CheckStatus[]).filter((status) => totals[status] > 0);
  const captures = countOf(result.captures.length, 'capture');
  if (kinds.length === 0) return captures;
  if (kinds.length === 1) {
    const words = WORDS[kinds[0]!];
    return result.captures.length === 1 ? `${captures}, ${words}` : `${captures}, all ${words}`;
  }
  return `${captures}: ${kinds.map((status) => `${formatCount(totals[status])} ${WORDS[status]}`).join(', ')}`;
}

/** What was left when it was interrupted; empty where it was not. */
export function partialText({ unchecked }: CheckResult): string {
  return unchecked === 0
    ? ''
    : `interrupted: ${countOf(unchecked, 'capture')} not checked, this is a partial result`;
}
