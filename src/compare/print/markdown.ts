/**
 * `wscap diff --format markdown`: the comparison as a comment in a bug ticket. The answer is in the first line, the
 * differences in a table below, the rest (equal values, noise) folded. Never longer than a comment may be.
 */
import type { DiffReport, Fact, NewFinding, Pair } from '../model.ts';
import { countOf, formatCount, listOf } from '../../report/format-count.ts';
import { fit, type Block } from '../../report/markdown/budget.ts';
import { codeSpan, escapeProse, tableLines } from '../../report/markdown/escape-markdown.ts';
import { fileLine, redactionLines } from '../../report/markdown/footer.ts';
import {
  captureName,
  cutText,
  endpoint,
  filterText,
  packetText,
  SIGNS,
} from '../../report/markdown/phrases.ts';
import {
  alikePairs,
  doubtTexts,
  headlineMark,
  headlineText,
  labelOf,
  noiseTexts,
  pairedByText,
  pathText,
  sameTexts,
  shownDifferences,
  unpairedTexts,
} from './phrases.ts';

export interface DiffMarkdownOptions {
  /** In UTF-16 units. Default 60,000. */
  readonly maxLength: number | undefined;
}

const DEFAULT_MAX_LENGTH = 60_000;
/** For the sentence that says what was left out. */
const RESERVED = 400;
const SHOWN_PAIRS = 10;
const SHOWN_ALIKE = 20;
const SHOWN_UNPAIRED = 30;
const SHOWN_FILES = 4;
const LONGEST_VALUE = 400;
/** Ranks of the blocks: a lower number is more important. */
const TABLES = 1;
const FINDINGS = 20;
const UNPAIRED = 30;
const FOLDS = 40;

export function renderDiffMarkdown(diff: DiffReport, options: DiffMarkdownOptions): string {
  const maxLength = options.maxLength ?? DEFAULT_MAX_LENGTH;
  const end = footer(diff);
  const { text, leftOut } = fit(bodyBlocks(diff), maxLength - end.length - RESERVED);
  const omitted =
    leftOut.length === 0
      ? ''
      : `*Left out to stay under ${formatCount(maxLength)} characters: ${listOf(leftOut.map(({ label, count }) => countOf(count, ...label)))}. \`wscap diff --format json\` has it all.*`;
  const whole = `${[text, omitted, end].filter((part) => part !== '').join('\n\n')}\n`;
  return whole.length <= maxLength
    ? whole
    : `${lines(whole, maxLength)}(cut: \`wscap diff --format json\` has it all)\n`;
}

/** Whole lines, for a code span cut in two would set free what is in it. */
function lines(text: string, maxLength: number): string {
  let kept = '';
  for (const line of text.split('\n')) {
    if (kept.length + line.length + 60 > maxLength) break;
    kept += `${line}\n`;
  }
  return kept;
}

function bodyBlocks(diff: DiffReport): Block[] {
  const mark = headlineMark(diff);
  const groups = alikePairs(diff.pairs.filter(({ differs }) => differs));
  const told = groups.slice(0, SHOWN_PAIRS);
  const equal = diff.pairs.filter(({ differs }) => !differs);
  const untold = groups.slice(SHOWN_PAIRS).reduce((sum, { alike }) => sum + 1 + alike.length, 0);
  const blocks: Block[] = [
    block(0, 'headline', `### ${SIGNS[mark]} ${escapeProse(headlineText(diff, asIs))}`),
    ...doubtTexts(diff).map((text) => block(0, 'doubt', escapeProse(text))),
    ...told.flatMap(({ pair, alike }, i) => pairBlocks(pair, alike, diff, i)),
    ...diff.captureFindings.map(({ side, rule, severity, message }) =>
      block(
        FINDINGS,
        'finding',
        `${SIGNS[severity]} **${rule}** only in the ${side} capture: ${escapeProse(message)}`,
      ),
    ),
  ];
  if (untold > 0)
    blocks.push(block(UNPAIRED, 'line', `…and ${countOf(untold, 'more pair')} that differ in other ways.`));
  if (diff.unpaired.length > 0) blocks.push(unpairedBlock(diff));
  if (equal.length > 0) {
    const ids = listOf(
      equal.map(({ good, bad }) => `${good.id} and ${bad.id}`),
      SHOWN_ALIKE,
    );
    blocks.push(
      block(
        UNPAIRED,
        'line',
        `Without a difference that counts: ${countOf(equal.length, 'pair')} (connections ${ids}).`,
      ),
    );
    const [only] = equal;
    if (diff.pairs.length === 1 && only !== undefined) blocks.push(...foldBlocks(only, 0));
  }
  return blocks;
}

function pairBlocks(pair: Pair, alike: readonly Pair[], diff: DiffReport, rank: number): Block[] {
  const { good, bad } = pair;
  const heading = `#### ${codeSpan(pathText(bad.target === null ? good : bad, asIs))}: connection ${good.id} of the good capture, ${bad.id} of the bad one`;
  const ends = [good, bad].map(({ client, server }) => `${endpoint(client)} → ${endpoint(server)}`);
  const rows = shownDifferences(pair, false).map((difference) => [
    escapeProse(labelOf(difference, asIs)),
    valueText(difference.good),
    valueText(difference.bad),
  ]);
  const also =
    alike.length === 0
      ? ''
      : `\n\nDiffer in the same way: connections ${listOf(
          alike.map((each) => `${each.good.id} and ${each.bad.id}`),
          SHOWN_ALIKE,
        )}.`;
  return [
    block(
      TABLES + rank,
      'table of differences',
      [
        heading,
        '',
        `${ends.map(escapeProse).join(' and ')} (${pairedByText(pair)}). Numbers in brackets are packets.`,
        '',
        ...tableLines(['', 'good', 'bad'], rows),
      ].join('\n') + also,
    ),
    ...pair.newFindings.map((finding) => block(FINDINGS + rank, 'finding', findingText(finding, diff))),
    ...foldBlocks(pair, rank),
  ];
}

function foldBlocks(pair: Pair, rank: number): Block[] {
  const parts: [string, string[]][] = [
    ['The same', sameTexts(pair, asIs)],
    ['Only noise, not counted', noiseTexts(pair, asIs)],
    ['Not compared', pair.notCompared.map(({ section, reason }) => `${section} (${reason})`)],
  ];
  const items = parts.flatMap(([label, texts]) =>
    texts.length === 0 ? [] : [`**${label}:** ${escapeProse(cutText(texts.join('; '), 4 * LONGEST_VALUE))}`],
  );
  if (items.length === 0) return [];
  const text = `<details><summary>What is the same, and what does not count</summary>\n\n${items.join('\n\n')}\n\n</details>`;
  return [block(FOLDS + rank, 'fold', text)];
}

function valueText({ value, packet }: Fact): string {
  if (value === null) return '–';
  const text =
    value === ''
      ? '(empty)'
      : value
          .split('\n')
          .map((line) => codeSpan(cutText(line, LONGEST_VALUE)))
          .join(' and ');
  return packet === null ? text : `${text} (${packet})`;
}

function findingText({ rule, severity, message, packets }: NewFinding, { bad }: DiffReport): string {
  return `${SIGNS[severity]} **${rule}**, not in the good capture: ${escapeProse(message)}\n\n${packetText(packets)} of the bad capture: ${filterText(packets, bad.captures)}, \`wscap explain ${rule}\``;
}

function unpairedBlock({ unpaired }: DiffReport): Block {
  const texts = unpairedTexts(unpaired, asIs);
  const shown = texts
    .slice(0, SHOWN_UNPAIRED)
    .map(({ side, text }) => `- ${side}: ${escapeProse(text.replaceAll('#', ''))}`);
  const hidden = texts.length - shown.length;
  if (hidden > 0) shown.push(`- …and ${countOf(hidden, 'more kind')}`);
  return block(UNPAIRED, 'list of unpaired connections', `#### Without a partner\n\n${shown.join('\n')}`);
}

function footer(diff: DiffReport): string {
  const files = (['good', 'bad'] as const).flatMap((side) => {
    const { captures } = diff[side];
    const shown = captures
      .slice(0, SHOWN_FILES)
      .map((capture) => `${side}: ${fileLine(capture, { captures })}`);
    const hidden = captures.length - shown.length;
    return hidden > 0
      ? [
          ...shown,
          `${side}: … and ${countOf(hidden, 'more file')} like ${codeSpan(captureName(captures[0]!))}`,
        ]
      : shown;
  });
  return [
    '---',
    '',
    [
      `wscap ${escapeProse(diff.tool.version)} diff. Packet and connection numbers are Wireshark’s frame.number and tcp.stream.`,
      ...files,
      ...redactionLines(diff),
    ].join('<br>\n'),
  ].join('\n');
}

function block(importance: number, what: string, text: string): Block {
  return { importance, label: [what, `${what}s`], text };
}

/** Not escaped here: that is done where the text goes into Markdown. */
function asIs(text: string): string {
  return text;
}
