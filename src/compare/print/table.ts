/**
 * `wscap diff` on a terminal: the answer first; then each pair that differs, with its differences and the findings on
 * the bad connection; then, in faint lines, what is equal and what doesn't count.
 */
import { basename } from '#platform/path';
import type { DiffReport, DiffSide, NewFinding, Pair } from '../model.ts';
import { endpointText } from '../../report/connection-text.ts';
import { wrapText } from '../../report/fit-text.ts';
import { countOf, listOf } from '../../report/format-count.ts';
import { captureFacts } from '../../report/terminal/terminal-headline.ts';
import { packetFilters } from '../../report/packet-filter.ts';
import { createTheme, type Theme } from '../../report/terminal/theme.ts';
import type { TableOptions } from '../../report/terminal/table.ts';
import { differenceTable } from './difference-table.ts';
import {
  alikePairs,
  doubtTexts,
  headlineMark,
  headlineText,
  noiseTexts,
  pairedByText,
  pathText,
  sameTexts,
  shownDifferences,
  unpairedTexts,
} from './phrases.ts';

const DEFAULT_COLUMNS = 80;
/** On a narrower terminal, lines are not fitted. */
const LEAST_COLUMNS = 40;
/** Kinds of difference that are shown in full; for the others only their number. */
const SHOWN_PAIRS = 5;
const SHOWN_ALIKE = 8;
const SHOWN_UNPAIRED = 12;
const SHOWN_FILES = 3;
const WIDEST_PROSE = 100;

export function renderDiffTable(diff: DiffReport, options: TableOptions): string {
  const theme = createTheme(options);
  const columns = options.columns === 0 ? DEFAULT_COLUMNS : (options.columns ?? DEFAULT_COLUMNS);
  const width = Math.max(columns, LEAST_COLUMNS);
  const headline = headlineLines(diff, theme, width);
  const lines = [
    ...headline,
    ...doubtTexts(diff).flatMap((text) => wrapText(text, width - 2).map((line) => `  ${line}`)),
    ...sideLines('good', diff.good, theme, width),
    ...sideLines('bad', diff.bad, theme, width),
    ...pairLines(diff, theme, options.all, width),
    ...captureFindingLines(diff, theme, width),
    ...unpairedLines(diff, theme, options.all, width),
    ...legendLines(diff, theme, width),
  ];
  const scrolls = options.rows !== undefined && options.rows > 0 && lineCount(lines) >= options.rows;
  return `${(scrolls ? [...lines, '', ...headline] : lines).join('\n')}\n`;
}

function headlineLines(diff: DiffReport, theme: Theme, width: number): string[] {
  const mark = headlineMark(diff);
  return wrapText(theme.own(headlineText(diff, theme.safe)), width - 2).map(
    (line, i) => `${i === 0 ? theme.symbol(mark) : ' '} ${theme.strong(line)}`,
  );
}

function sideLines(label: string, { captures }: DiffSide, theme: Theme, width: number): string[] {
  const shown = captures.slice(0, SHOWN_FILES).map((capture) => {
    const name = capture.path === '-' ? 'standard input' : theme.safe(capture.path);
    return `${label.padEnd(4)}  ${name}: ${captureFacts(capture, theme)}`;
  });
  const hidden = captures.length - shown.length;
  if (hidden > 0) shown.push(theme.own(`${label.padEnd(4)}  …and ${countOf(hidden, 'more file')}`));
  return shown
    .flatMap((line) => wrapText(line, width - 8).map((part, i) => (i === 0 ? part : `      ${part}`)))
    .map((line) => `  ${theme.faint(line)}`);
}

function pairLines(diff: DiffReport, theme: Theme, all: boolean, width: number): string[] {
  const differing = diff.pairs.filter(({ differs }) => differs);
  const equal = diff.pairs.filter(({ differs }) => !differs);
  const groups = alikePairs(differing);
  const told = all ? groups : groups.slice(0, SHOWN_PAIRS);
  const lines = told.flatMap(({ pair, alike }) => [
    ...onePair(pair, diff, theme, all, width),
    ...(alike.length === 0
      ? []
      : prose(
          `Differ in the same way: ${listOf(alike.map(idsText), all ? alike.length : SHOWN_ALIKE)}`,
          theme,
          width,
        )),
  ]);
  const hidden = groups.slice(told.length).reduce((sum, { alike }) => sum + 1 + alike.length, 0);
  if (hidden > 0)
    lines.push(
      '',
      ...prose(
        `…and ${countOf(hidden, 'more pair')} that differ in other ways (--all shows them)`,
        theme,
        width,
      ),
    );
  return [...lines, ...equalLines(equal, diff, theme, all, width)];
}

/** A single equal pair is shown in full: whoever doubts the answer wants to see its noise. */
function equalLines(
  equal: readonly Pair[],
  diff: DiffReport,
  theme: Theme,
  all: boolean,
  width: number,
): string[] {
  if (equal.length === 0) return [];
  if (all || diff.pairs.length === 1) return equal.flatMap((pair) => onePair(pair, diff, theme, all, width));
  return [
    '',
    ...prose(
      `${countOf(equal.length, 'pair')} without a difference that counts (--all shows ${equal.length === 1 ? 'it' : 'them'}): ${listOf(equal.map(idsText), SHOWN_ALIKE)}`,
      theme,
      width,
    ),
  ];
}

function idsText({ good, bad }: Pair): string {
  return `#${good.id} and #${bad.id}`;
}

function onePair(pair: Pair, diff: DiffReport, theme: Theme, all: boolean, width: number): string[] {
  const { good, bad } = pair;
  const heading = `${pathText(bad.target === null ? good : bad, theme.safe)}, good #${good.id} and bad #${bad.id}`;
  const ends = [good, bad].map(
    ({ client, server }) => `${endpointText(client, theme.safe)} → ${endpointText(server, theme.safe)}`,
  );
  const shown = shownDifferences(pair, all);
  return [
    '',
    ...wrapText(heading, width).map(theme.strong),
    ...prose(`${ends.join(' and ')} (${pairedByText(pair)})`, theme, width),
    ...(shown.length === 0 ? [] : [differenceTable(shown, theme, width)]),
    ...labelled('The same', sameTexts(pair, theme.safe), theme, width),
    ...labelled('Only noise', all ? [] : noiseTexts(pair, theme.safe), theme, width),
    ...labelled(
      'Not compared',
      pair.notCompared.map(({ section, reason }) => `${section} (${theme.safe(reason)})`),
      theme,
      width,
    ),
    ...pair.newFindings.flatMap((finding) => findingLines(finding, bad.id, diff, theme, width)),
  ];
}

function labelled(label: string, texts: readonly string[], theme: Theme, width: number): string[] {
  return texts.length === 0 ? [] : prose(`${label}: ${texts.join('; ')}`, theme, width);
}

function prose(text: string, theme: Theme, width: number): string[] {
  return wrapText(theme.own(text), width).map(theme.faint);
}

function findingLines(
  { rule, severity, message, advice, packets, explain }: NewFinding,
  id: number,
  diff: DiffReport,
  theme: Theme,
  width: number,
): string[] {
  const prosaic = (text: string, first: string) =>
    wrapText(theme.own(theme.safe(text)), Math.min(width, WIDEST_PROSE) - first.length - 2).map(
      (line, i) => `  ${i === 0 ? first : ' '.repeat(first.length)}${line}`,
    );
  const facts = message.endsWith(advice) ? message.slice(0, -advice.length).trimEnd() : message;
  const filter = packetFilters(packets, diff.bad.captures, width - 16)
    .map((each) => `${each.filter}${each.path === null ? '' : ` in ${theme.safe(basename(each.path))}`}`)
    .join(', ');
  return [
    '',
    `${theme.symbol(severity)} ${theme.colored(severity, severity)}: ${theme.strong(rule)} on bad #${id}, not on good`,
    ...prosaic(facts, ''),
    ...(advice === '' ? [] : prosaic(advice, theme.own('→ '))),
    ...wrapText(`Wireshark: ${filter}`, width - 2).map((line) => `  ${theme.code(line)}`),
    `  ${theme.code(explain)}`,
  ];
}

function captureFindingLines({ captureFindings }: DiffReport, theme: Theme, width: number): string[] {
  return captureFindings.flatMap(({ side, rule, severity, message }) => [
    '',
    `${theme.symbol(severity)} ${theme.colored(severity, severity)}: ${theme.strong(rule)} only in the ${side} capture`,
    ...wrapText(theme.own(theme.safe(message)), Math.min(width, WIDEST_PROSE) - 2).map((line) => `  ${line}`),
  ]);
}

function unpairedLines(
  { unpaired, good, bad }: DiffReport,
  theme: Theme,
  all: boolean,
  width: number,
): string[] {
  if (unpaired.length === 0) return [];
  const texts = unpairedTexts(unpaired, theme.safe);
  const shown = all ? texts : texts.slice(0, SHOWN_UNPAIRED);
  const hidden = texts.length - shown.length;
  return [
    '',
    theme.strong('Without a partner'),
    ...shown.flatMap(({ side, text }) =>
      wrapText(theme.own(text), width - 6).map((line, i) => `  ${i === 0 ? side.padEnd(4) : '    '} ${line}`),
    ),
    ...(hidden > 0 ? prose(`  …and ${countOf(hidden, 'more kind')} (--all shows them)`, theme, width) : []),
    // If one side has no connections, there is nothing to pair.
    ...(good.connections === 0 || bad.connections === 0
      ? []
      : prose('--by path, --by order or --pair GOOD:BAD changes how they are paired', theme, width)),
  ];
}

function legendLines({ pairs }: DiffReport, theme: Theme, width: number): string[] {
  if (pairs.length === 0) return [];
  return [
    '',
    ...prose('# is Wireshark’s tcp.stream, [n] the packet of that capture that shows it', theme, width),
  ];
}

/** A table is one string of several lines. */
function lineCount(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.split('\n').length, 0);
}
