/** Describes connections that differ from what is expected: as sentences, and field by field. */
import type { Verdict } from '../basics/verdict.ts';
import { countOf, formatCount, listOf } from '../report/format-count.ts';
import type { Difference } from './difference.ts';
import type { ConnectionShape, ExpectedConnection } from './expectation.ts';
import { boundText, isWithin } from './count-bound.ts';
import { MORE, type Member, type ObservedGroup } from './observation.ts';
import { isSameEnd } from './same-end.ts';
import { pairConnections, type Pair } from './pair-connections.ts';
import { entryLines, fieldLines, type Field } from './print-expectation.ts';
import { sameSeverities, severityChanges } from './severity-changes.ts';
import { storyOf, whenText } from './story.ts';

const SHOWN_IDS = 3;

export function connectionDifferences(
  expected: readonly ExpectedConnection[],
  groups: readonly ObservedGroup[],
): Difference[] {
  const renamed: boolean[] = [];
  const differences = pairConnections(expected, groups).map((pair) => {
    renamed.push(
      pair.expected !== null && pair.actual !== null && isRenamed(pair.expected, pair.actual.shape),
    );
    return differenceOf(pair);
  });
  // It is said once, however many connections it concerns.
  const first = renamed.indexOf(true);
  return differences.map((each, i) =>
    i === first ? { ...each, sentence: `${each.sentence}. ${RENAMED}` } : each,
  );
}

function differenceOf({ expected, actual, count }: Pair): Difference {
  if (actual === null) {
    const gone = expected!;
    const to = gone.target === undefined ? '' : ` to ${targetText(gone.target)}`;
    return {
      sentence: `${count === 1 ? 'a connection' : `${formatCount(count)} connections`}${to} ${count === 1 ? 'is' : 'are'} missing: ${storyOf(gone, null)} before`,
      expected: entryLines(gone, count),
      actual: [],
    };
  }
  const { shape, members } = actual;
  const subject = subjectText(shape.target, members, count);
  const member = members[0] ?? null;
  if (expected === null) {
    return {
      sentence: `${subject} ${count === 1 ? 'is' : 'are'} new: ${storyOf(shape, member)}`,
      expected: [],
      actual: entryLines(shape, count),
    };
  }
  const fields = differingFields(expected, shape);
  return {
    sentence: `${subject}: ${clausesOf(expected, shape, member, fields).join('; ')}`,
    expected: fieldLines(expected, fields),
    actual: fieldLines(shape, fields),
  };
}

/** "connection 3 (/chat)", "4 connections (/chat: 3, 5, 9 and 1 more)". */
function subjectText(target: string | null, members: readonly Member[], count: number): string {
  if (count === 1 && members[0] !== undefined) return `connection ${members[0].id} (${targetText(target)})`;
  const ids = members.slice(0, SHOWN_IDS).map(({ id }) => String(id));
  const hidden = count - ids.length;
  const shown = hidden > 0 ? [...ids, `${formatCount(hidden)} more`] : ids;
  return `${countOf(count, 'connection')} (${targetText(target)}: ${listOf(shown)})`;
}

function targetText(target: string | null): string {
  if (target === null) return 'request not captured';
  return target === MORE ? 'beyond the first thousand different ones' : target;
}

function differingFields(expected: ExpectedConnection, shape: ConnectionShape): Field[] {
  const fields: Field[] = [];
  for (const field of ['target', 'verdict', 'upgrade'] as const) {
    if (expected[field] !== undefined && expected[field] !== shape[field]) fields.push(field);
  }
  if (expected.closed !== undefined && !isSameEnd(expected.closed, shape.closed)) fields.push('closed');
  const { messages, anomalies } = expected;
  const isCounted = (['client', 'server'] as const).every(
    (side) => messages?.[side] === undefined || isWithin(shape.messages[side], messages[side]),
  );
  if (!isCounted) fields.push('messages');
  if (anomalies !== undefined && !sameSeverities(anomalies, shape.anomalies)) fields.push('anomalies');
  return fields;
}

function clausesOf(
  expected: ExpectedConnection,
  shape: ConnectionShape,
  member: Member | null,
  fields: readonly Field[],
): string[] {
  const clauses: string[] = [];
  const has = (field: Field): boolean => fields.includes(field);
  if (has('target')) clauses.push(`it was to ${targetText(expected.target ?? null)} before`);
  if (isRenamed(expected, shape)) {
    clauses.push(`its verdict was "${expected.verdict!}" before, now "${shape.verdict}"`);
  } else if (has('verdict')) {
    clauses.push(`${storyOf(expected, null)} before, now ${storyOf(shape, member)}`);
  } else if (has('closed')) {
    const when = member === null || shape.closed.endsWith('answered') ? '' : whenText(member);
    clauses.push(`closed by ${expected.closed!} before, now by ${shape.closed}${when}`);
  }
  if (has('upgrade')) clauses.push(`its upgrade was ${expected.upgrade!} before, now ${shape.upgrade}`);
  if (has('messages')) clauses.push(...messageClauses(expected, shape));
  // If the verdict differs, it explains the difference in findings.
  if (has('anomalies') && !has('verdict'))
    clauses.push(...severityChanges(expected.anomalies!, shape.anomalies));
  return clauses;
}

/** What connections were called once, and what they may be called since `refused`, `closed` and the others have words of their own. */
const NEW_WORDS: Readonly<Record<string, readonly Verdict[]>> = {
  clean: ['closed', 'error-close', 'protocol-error'],
  abnormal: ['refused', 'protocol-error'],
};
const RENAMED =
  'The verdict words of wscap have changed since then: some of what was "clean" is "closed", "error-close" or "protocol-error", and some of what was "abnormal" is "refused" or "protocol-error"; `wscap check -u` writes the new ones';

/** Whether the connection is as before, and only the word for it is another one. */
function isRenamed(expected: ExpectedConnection, shape: ConnectionShape): boolean {
  const { verdict } = expected;
  const fields = differingFields(expected, shape);
  const isOnly = fields.length === 1 && fields[0] === 'verdict';
  return isOnly && verdict !== undefined && NEW_WORDS[verdict]?.includes(shape.verdict) === true;
}

function messageClauses({ messages }: ExpectedConnection, shape: ConnectionShape): string[] {
  return (['client', 'server'] as const).flatMap((side) => {
    const bound = messages?.[side];
    const now = shape.messages[side];
    if (bound === undefined || isWithin(now, bound)) return [];
    const noun = bound === 1 ? 'message' : 'messages';
    return [
      `${boundText(bound)} ${noun} from the ${side} before, now ${now === 0 ? 'none' : formatCount(now)}`,
    ];
  });
}
