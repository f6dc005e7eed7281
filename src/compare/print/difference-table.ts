/** The differences of a pair in three columns: what, good, bad. */
import Table from 'cli-table3';
import type { Difference, Side } from '../model.ts';
import { displayWidth } from '../../report/display-width.ts';
import { cutMiddle, wrapText } from '../../report/fit-text.ts';
import type { Theme } from '../../report/terminal/theme.ts';
import { isBadVerdict } from '../../basics/verdict.ts';
import { labelOf } from './phrases.ts';

/** Borders and padding of three columns. */
const OVERHEAD = 10;
const LEAST_COLUMN = 8;
/** Of the first column, as a part of the width. */
const WIDEST_LABEL = 0.32;
/** A value longer than so many lines of its cell is cut in the middle. */
const MOST_LINES = 4;

export function differenceTable(differences: readonly Difference[], theme: Theme, width: number): string {
  const rows = differences.map((difference) => [
    labelText(difference, theme),
    valueText(difference, 'good', theme),
    valueText(difference, 'bad', theme),
  ]);
  const widths = columnWidths(rows, width);
  // The frame steps back behind what it holds.
  const side = theme.faint(theme.tableCharacters.left);
  const table = new Table({
    head: ['', 'good', 'bad'].map(theme.strong),
    colWidths: widths.map((cells) => cells + 2),
    style: { head: [], border: [] },
    truncate: theme.ellipsis,
    chars: { ...theme.tableCharacters, left: side, middle: side, right: side },
  });
  for (const [i, row] of rows.entries()) {
    const isNoise = differences[i]!.noise !== null;
    table.push(row.map((text, column) => cellText(text, column, widths[column]!, theme, isNoise)));
  }
  const lines = table.toString().split('\n');
  const { 'top-left': top, 'left-mid': between, 'bottom-left': bottom } = theme.tableCharacters;
  // The frame and the rule below the head; rows begin at the left, what is wrapped is indented.
  return lines
    .filter((line, i) => i <= 2 || i === lines.length - 1 || !line.startsWith(between))
    .map((line) => ([top, between, bottom].includes(line.charAt(0)) ? theme.faint(line) : line))
    .join('\n');
}

function labelText(difference: Difference, theme: Theme): string {
  const label = labelOf(difference, theme.safe);
  return difference.noise === null ? label : `${label} (${theme.safe(difference.noise)})`;
}

function valueText(difference: Difference, side: Side, theme: Theme): string {
  const { value, packet } = difference[side];
  if (value === null) return theme.own('–');
  const shown = value === '' ? '(empty)' : value.split('\n').map(theme.safe).join(theme.own(' │ '));
  const text = difference.field === 'verdict' ? `${symbolOf(value, theme)} ${shown}` : shown;
  return packet === null ? text : `${text} [${packet}]`;
}

function symbolOf(verdict: string, theme: Theme): string {
  if (verdict === 'clean') return theme.symbol('clean');
  return theme.symbol(isBadVerdict(verdict) ? 'error' : 'neutral');
}

function cellText(text: string, column: number, width: number, theme: Theme, isNoise: boolean): string {
  const fitted =
    displayWidth(text) > width * MOST_LINES ? cutMiddle(text, width * MOST_LINES, theme.ellipsis) : text;
  const lines = wrapText(fitted, width);
  const hung =
    column === 0 && lines.length > 1
      ? [lines[0]!, ...wrapText(fitted.slice(lines[0]!.length).trim(), width - 2).map((line) => `  ${line}`)]
      : lines;
  return hung.map((line) => (isNoise ? theme.faint(line) : line)).join('\n');
}

/** The label as wide as it needs to be, the rest halved, unless one half doesn't need it. */
function columnWidths(rows: readonly (readonly string[])[], width: number): number[] {
  const natural = [0, 1, 2].map((column) => Math.max(4, ...rows.map((row) => displayWidth(row[column]!))));
  const room = Math.max(width - OVERHEAD, 3 * LEAST_COLUMN);
  const label = Math.min(natural[0]!, Math.max(Math.floor(room * WIDEST_LABEL), LEAST_COLUMN));
  const rest = room - label;
  const half = Math.floor(rest / 2);
  const good = Math.min(natural[1]!, Math.max(half, rest - natural[2]!));
  return [label, good, Math.min(natural[2]!, rest - good)];
}
