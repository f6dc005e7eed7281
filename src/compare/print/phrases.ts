/** The sentences of `wscap diff`, as plain text that the table and Markdown share. Wire text goes through `safe`. */
import type { ConnectionReference, Difference, DiffReport, Pair, Unpaired } from '../model.ts';
import { countOf, formatCount, listOf } from '../../report/format-count.ts';
import { verdictThatSaysAsMuch } from '../../rules/relations.ts';
import { isBadVerdict, type Verdict } from '../../basics/verdict.ts';
import type { Mark } from '../../report/terminal/theme.ts';

type Safe = (text: string) => string;

const LONGEST_TARGET = 60;
const SHOWN_FIELDS = 3;
const SHOWN_IDS = 10;
const RULE_FIELD = 'rule ';

/** The answer in one sentence. */
export function headlineText(diff: DiffReport, safe: Safe): string {
  const { pairs, differingPairs } = diff.totals;
  const [first] = diff.pairs;
  if (!diff.differs) {
    return `${countOf(pairs, 'pair')} of connections, no difference that counts${noiseClause(diff)}`;
  }
  if (first?.differs !== true) return unpairedHeadline(diff);
  const which = pairs === 1 ? '' : `${whichPairs(differingPairs, pairs)}; `;
  return `${which}${pairHeadline(first, safe)}`;
}

/** What the user should know first: the two arguments are probably not what was meant. */
export function doubtTexts({ good, bad, pairs }: DiffReport): string[] {
  // In the library, bytes and streams may have the same name, so sizes and times are compared as well.
  if (JSON.stringify(good.captures) === JSON.stringify(bad.captures)) {
    return ['Both are the same capture: nothing can differ.'];
  }
  const changed = pairs.filter((pair) => pair.good.verdict !== pair.bad.verdict);
  const isSwapped =
    changed.length > 0 &&
    changed.every((pair) => isBadVerdict(pair.good.verdict) && !isBadVerdict(pair.bad.verdict));
  return isSwapped ? ['Is it the other way round? The good capture comes first: wscap diff GOOD BAD.'] : [];
}

function whichPairs(differing: number, all: number): string {
  if (differing < all) {
    return `${formatCount(differing)} of ${countOf(all, 'pair')} ${differing === 1 ? 'differs' : 'differ'}`;
  }
  return all === 2 ? 'both pairs differ' : `all ${countOf(all, 'pair')} differ`;
}

export function headlineMark({ differs, pairs, unpaired }: DiffReport): Mark {
  if (!differs) return 'clean';
  const isWorse = pairs.some(
    ({ differs: counts, bad, newFindings }) =>
      counts && (isBadVerdict(bad.verdict) || newFindings.length > 0),
  );
  return isWorse || unpaired.some(({ connection }) => isBadVerdict(connection.verdict)) ? 'error' : 'warning';
}

function noiseClause({ totals }: DiffReport): string {
  return totals.noise === 0
    ? ''
    : ` (${formatCount(totals.noise)} that ${totals.noise === 1 ? 'is' : 'are'} only noise)`;
}

function unpairedHeadline({ good, bad, unpaired, captureFindings }: DiffReport): string {
  for (const [name, side, other] of [
    ['good', good, bad],
    ['bad', bad, good],
  ] as const) {
    if (side.connections === 0) {
      return `no WebSocket and no upgrade request in the ${name} capture, ${countOf(other.connections, 'connection')} in the other`;
    }
  }
  const of = (side: string) => unpaired.filter((each) => each.side === side).length;
  const parts = (['good', 'bad'] as const)
    .filter((side) => of(side) > 0)
    .map((side) => `${countOf(of(side), 'connection')} only in the ${side} capture`);
  if (parts.length > 0) return listOf(parts);
  return listOf(
    captureFindings.map(({ rule, side }) => `${rule} only in the ${side} capture`),
    SHOWN_FIELDS,
  );
}

/** "/chat: clean in good, handshake-close in bad, server FIN 0.657 ms after the 101". */
function pairHeadline({ good, bad, differences, outcome }: Pair, safe: Safe): string {
  const target = pathText(bad.target === null ? good : bad, safe);
  const counting = differences.filter(({ noise }) => noise === null);
  if (counting.some(({ field }) => field === 'verdict')) {
    return `${target}: ${good.verdict} in good, ${bad.verdict} in bad (${safe(outcome.bad)})`;
  }
  const fields = listOf(
    counting.map((difference) => labelOf(difference, safe)),
    SHOWN_FIELDS,
  );
  const verdicts = good.verdict === bad.verdict ? `${bad.verdict} in both, but ` : '';
  return `${target}: ${verdicts}${countOf(counting.length, 'difference')}: ${fields}`;
}

/** The path only, as in "/chat"; the query is compared parameter by parameter. */
export function pathText({ target }: ConnectionReference, safe: Safe): string {
  if (target === null) return 'no request';
  const path = target.replace(/[?#][^]*$/, '');
  return safe(path.length > LONGEST_TARGET ? `${path.slice(0, LONGEST_TARGET)}…` : path);
}

/** "request: origin", "negotiated: subprotocol", "rule handshake-close", "verdict". */
export function labelOf({ section, field }: Pick<Difference, 'section' | 'field'>, safe: Safe): string {
  if (section === 'findings' || section === field) return safe(field);
  return `${section}: ${safe(field.replace(/^header /, ''))}`;
}

/** Differences that count and don't just repeat the verdict; then, if wanted, the others. */
export function shownDifferences({ differences }: Pair, withNoise: boolean): Difference[] {
  const verdict = differences.find(({ field, noise }) => field === 'verdict' && noise === null);
  const isTold = ({ field, good, bad }: Difference) =>
    verdict !== undefined &&
    ((bad.value !== null && good.value === null && verdictOfField(field) === verdict.bad.value) ||
      (good.value !== null && bad.value === null && verdictOfField(field) === verdict.good.value));
  const counting = differences.filter((difference) => difference.noise === null && !isTold(difference));
  return withNoise ? [...counting, ...differences.filter(({ noise }) => noise !== null)] : counting;
}

/** Of the field "rule upgrade-rejected": the verdict that says as much as a finding of that rule. */
function verdictOfField(field: string): Verdict | null {
  return field.startsWith(RULE_FIELD) ? verdictThatSaysAsMuch(field.slice(RULE_FIELD.length)) : null;
}

/** "date (the time)", "sec-websocket-key (a new key for every handshake)"; fields with the same reason share it. */
export function noiseTexts({ differences }: Pair, safe: Safe): string[] {
  const byReason = new Map<string, string[]>();
  for (const { noise, section, field } of differences) {
    if (noise === null) continue;
    byReason.set(noise, [...(byReason.get(noise) ?? []), labelOf({ section, field }, safe)]);
  }
  return [...byReason].map(([reason, labels]) => `${labels.join(', ')} (${safe(reason)})`);
}

/** "status 101", "accept valid": what can't be the cause. */
export function sameTexts({ same }: Pair, safe: Safe): string[] {
  return same.map(({ section, field, value }) =>
    field === 'headers' ? `${section} headers ${safe(value)}` : `${safe(field)} ${safe(value)}`,
  );
}

/** Groups pairs that differ in the same fields with the same values. */
export function alikePairs(pairs: readonly Pair[]): { pair: Pair; alike: Pair[] }[] {
  const groups = new Map<string, { pair: Pair; alike: Pair[] }>();
  for (const pair of pairs) {
    const key = JSON.stringify([
      pair.bad.target,
      pair.differences
        .filter(({ noise }) => noise === null)
        .map(({ section, field, good, bad }) => [section, field, good.value, bad.value]),
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { pair, alike: [] });
    else group.alike.push(pair);
  }
  return [...groups.values()];
}

/** "2 connections to /chat (#1 and #2), handshake-close"; one line for each side, path and verdict. */
export function unpairedTexts(
  unpaired: readonly Unpaired[],
  safe: Safe,
): { side: Unpaired['side']; verdict: string; text: string }[] {
  const groups = new Map<string, Unpaired[]>();
  for (const each of unpaired) {
    const { target, verdict } = each.connection;
    const key = JSON.stringify([each.side, target?.replace(/[?#][^]*$/, ''), verdict]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].map((group) => {
    const { side, connection } = group[0]!;
    const ids = listOf(
      group.map((each) => `#${each.connection.id}`),
      SHOWN_IDS,
    );
    const to = connection.target === null ? 'without a request' : `to ${pathText(connection, safe)}`;
    return {
      side,
      verdict: connection.verdict,
      text: `${countOf(group.length, 'connection')} ${to} (${ids}), ${connection.verdict}`,
    };
  });
}

const PAIRED_BY: Readonly<Record<Pair['pairedBy'], string>> = {
  asked: 'as asked',
  'host-and-path': 'same host and path',
  path: 'same path, other host',
  'path-shape': 'paths that differ in ids',
  order: 'by their order',
  elimination: 'the only path of each capture',
};

export function pairedByText({ pairedBy }: Pair): string {
  return PAIRED_BY[pairedBy];
}
