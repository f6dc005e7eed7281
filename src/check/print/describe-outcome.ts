/** What the formats say of a capture alike: its problem in a line, then the lines of what differs. Wire text is unescaped. */
import { countOf } from '../../report/format-count.ts';
import { expectationPath, type CaptureOutcome, type CheckStatus } from '../result.ts';
import type { Difference } from '../difference.ts';

/** Those that make the exit code other than 0. */
export function isProblem({ status }: { readonly status: CheckStatus }): boolean {
  return status === 'different' || status === 'missing' || status === 'failed';
}

/** A clause that follows the capture's name. */
export function headlineOf({
  status,
  failure,
  connections,
  errors,
  differences,
  moreDifferences,
}: CaptureOutcome): string {
  switch (status) {
    case 'passed':
      return `as expected (${countOf(connections, 'connection')})`;
    case 'different':
      return countOf(differences.length + moreDifferences, 'difference');
    case 'missing':
      return 'has no expectation, and where CI is set none is written: run wscap check, look at what it writes, and commit that';
    case 'written':
      return errors === 0
        ? `its expectation is written (${countOf(connections, 'connection')})`
        : `its expectation is written, although the capture has ${countOf(errors, 'error')}: it now expects ${errors === 1 ? 'it' : 'them'} (${countOf(connections, 'connection')})`;
    case 'updated':
      return 'its expectation is updated';
    case 'failed':
      return failure ?? 'could not be checked';
  }
}

/** "- expected" and "+ actual" lines. */
export function diffLines({ expected, actual }: Difference): string[] {
  return [...expected.map((line) => `- ${line}`), ...actual.map((line) => `+ ${line}`)];
}

/** Where a reviewer looks. */
export function fileOf({ path, status, failure }: CaptureOutcome): string {
  const expectation = expectationPath(path);
  const name = expectation.slice(expectation.lastIndexOf('/') + 1);
  const isExpectation = status === 'different' || failure?.startsWith(`${name}: `) === true;
  return isExpectation ? expectation : path;
}
