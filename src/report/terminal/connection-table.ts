/**
 * Draws the connections with cli-table3, which neither fits a terminal nor escapes: this file computes the column
 * widths, and cuts or wraps every line to its column first. cli-table3's time grows with the square of the rows (200
 * of our rows took 1.3 s), so a table is drawn in pieces that join seamlessly.
 */
import Table from 'cli-table3';
import type { CharName } from 'cli-table3';
import type { RankedConnection } from '../connection-rank.ts';
import { NO_BREAK_SPACE } from '../connection-text.ts';
import { displayWidth } from '../display-width.ts';
import { cutMiddle, cutTarget, wrapText } from '../fit-text.ts';
import { LAYOUTS, stackedLines } from './table-columns.ts';
import type { CellLine, Column } from './table-columns.ts';
import type { TableCharacters, Theme } from './theme.ts';

const ROWS_A_PIECE = 20;
/** A border and two spaces of padding per column. */
const COLUMN_OVERHEAD = 3;

export function connectionTable(ranked: readonly RankedConnection[], theme: Theme, width: number): string {
  for (const layout of LAYOUTS) {
    const widths = columnWidths(layout, ranked, theme, width);
    if (widths !== null) return drawTable(layout, widths, ranked, theme);
  }
  return ranked.map((each) => drawStacked(each, theme, width)).join('\n');
}

/** Null if the layout can't be that narrow. */
function columnWidths(
  layout: readonly Column[],
  ranked: readonly RankedConnection[],
  theme: Theme,
  width: number,
): number[] | null {
  const columns = layout.map((column) => measure(column, ranked, theme));
  const widths = columns.map(({ least }) => least);
  let spare = width - widths.reduce((a, b) => a + b, 0) - COLUMN_OVERHEAD * layout.length - 1;
  if (spare < 0) return null;
  // Spare width first prevents cutting, then wrapping. It is given out cell by cell, so that every column gets some.
  for (const wanted of [columns.map(({ uncut }) => uncut), columns.map(({ natural }) => natural)]) {
    for (let grown = true; spare > 0 && grown;) {
      grown = false;
      for (let i = 0; i < widths.length && spare > 0; i++) {
        if (widths[i]! >= wanted[i]!) continue;
        widths[i]!++;
        spare--;
        grown = true;
      }
    }
  }
  return widths;
}

/** The widths at which a column still works, at which nothing is cut, and at which nothing is wrapped either. */
function measure(
  column: Column,
  ranked: readonly RankedConnection[],
  theme: Theme,
): { least: number; uncut: number; natural: number } {
  const title = displayWidth(theme.own(column.title));
  const widest = { rigid: title, cut: title, 'cut-target': title, wrap: title };
  for (const each of ranked) {
    for (const line of column.lines(each, theme)) {
      const kind = line.fit ?? 'rigid';
      widest[kind] = Math.max(widest[kind], displayWidth(markedText(line, theme)));
    }
  }
  const uncut = Math.max(widest.rigid, widest.cut, widest['cut-target']);
  const natural = Math.max(uncut, widest.wrap);
  return { least: Math.max(widest.rigid, Math.min(natural, column.minimum)), uncut, natural };
}

function drawTable(
  layout: readonly Column[],
  widths: readonly number[],
  ranked: readonly RankedConnection[],
  theme: Theme,
): string {
  const lines: string[] = [];
  const cells = ranked.map((each) =>
    layout.map((column, i) => column.lines(each, theme).flatMap((line) => fitLine(line, widths[i]!, theme))),
  );
  // If every row is a single line, rules between rows would only take space.
  const isDense = cells.every((row) => row.every((cell) => cell.length <= 1));
  for (let from = 0; from < ranked.length; from += ROWS_A_PIECE) {
    const piece = new Table({
      head: from > 0 ? [] : layout.map(({ title }) => theme.strong(theme.own(title))),
      colWidths: widths.map((cells) => cells + 2),
      colAligns: layout.map(({ alignRight }) => (alignRight === true ? 'right' : 'left')),
      style: { head: [], border: [] },
      truncate: theme.ellipsis,
      chars: withFaintSides(from > 0 ? continued(theme.tableCharacters) : theme.tableCharacters, theme),
    });
    for (const row of cells.slice(from, from + ROWS_A_PIECE)) piece.push(row.map((cell) => cell.join('\n')));
    // The upper border of the next piece replaces the lower border of this one.
    if (from > 0) lines.pop();
    const drawn = piece.toString().split('\n');
    lines.push(...(isDense ? withoutRules(drawn, from === 0, theme.tableCharacters) : drawn));
  }
  // Rules are one string, so they are coloured whole.
  const rules = new Set(
    ['top-left', 'left-mid', 'bottom-left'].map((name) => theme.tableCharacters[name as CharName]),
  );
  return lines.map((line) => (rules.has(line.charAt(0)) ? theme.faint(line) : line)).join('\n');
}

/** Removes the rules between rows; the frame and the rule below the head stay. */
function withoutRules(lines: readonly string[], hasHead: boolean, characters: TableCharacters): string[] {
  const kept = hasHead ? [0, 2, lines.length - 1] : [lines.length - 1];
  return lines.filter((line, i) => kept.includes(i) || !line.startsWith(characters['left-mid']));
}

/** Draws the vertical borders faint, so that they don't distract from the content. */
function withFaintSides(characters: TableCharacters, theme: Theme): TableCharacters {
  const { left, middle, right } = characters;
  return { ...characters, left: theme.faint(left), middle: theme.faint(middle), right: theme.faint(right) };
}

/** The upper border of a piece that continues another looks like a rule between rows. */
function continued(characters: TableCharacters): TableCharacters {
  return {
    ...characters,
    top: characters.mid,
    'top-mid': characters['mid-mid'],
    'top-left': characters['left-mid'],
    'top-right': characters['right-mid'],
  };
}

/** "#3 ✖ handshake-close", with the rest indented below it. */
function drawStacked(ranked: RankedConnection, theme: Theme, width: number): string {
  const id = `#${ranked.connection.id} `;
  const [first, ...rest] = stackedLines(ranked, theme).map((line) => ({ fit: 'cut' as const, ...line }));
  return [
    ...fitLine(first!, width - id.length, theme).map((line) => id + line),
    ...rest.flatMap((line) => fitLine(line, width - 2, theme)).map((line) => `  ${line}`),
  ].join('\n');
}

/** One line of a cell as it is printed: fitted, then coloured. */
function fitLine(line: CellLine, width: number, theme: Theme): string[] {
  const text = theme.own(line.text);
  if (line.mark !== undefined) {
    const room = width - displayWidth(theme.symbol(line.mark)) - 1;
    return [`${theme.symbol(line.mark)} ${theme.colored(line.mark, cutMiddle(text, room, theme.ellipsis))}`];
  }
  if (line.fit === 'wrap') return wrapText(text, width).map(withSpaces);
  const cut = line.fit === 'cut-target' ? cutTarget : cutMiddle;
  return [withSpaces(cut(text, width, theme.ellipsis))];
}

function withSpaces(text: string): string {
  return text.replaceAll(NO_BREAK_SPACE, ' ');
}

function markedText(line: CellLine, theme: Theme): string {
  return (line.mark === undefined ? '' : `${theme.symbol(line.mark)} `) + theme.own(line.text);
}
