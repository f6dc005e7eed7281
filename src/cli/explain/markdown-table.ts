/** A Markdown table for a terminal: columns side by side where they fit, row below row where they don't. */
import { displayWidth } from '../../report/display-width.ts';
import type { Theme } from '../../report/terminal/theme.ts';
import { inlineLines } from './markdown-inline.ts';

type Row = readonly string[];
const GAP = '  ';
/** Prose in a narrower column is hard to read. */
const LEAST_COLUMN = 12;
const UNBOUNDED = 100_000;

/** @param rows the head first */
export function tableLines(rows: readonly Row[], theme: Theme, width: number): string[] {
  const widths = columnWidths(rows, theme, width);
  if (widths === null) return stackedLines(rows, theme, width);
  const [head, ...body] = rows.map((row) => rowLines(row, widths, theme));
  const rule = widths.map((cells) => theme.tableCharacters.mid.repeat(cells)).join(GAP);
  return [...head!.map(theme.strong), theme.faint(rule), ...body.flat()];
}

/** Narrow columns get what they need; the others share the rest. Null where that would leave one too little. */
function columnWidths(rows: readonly Row[], theme: Theme, width: number): number[] | null {
  const natural = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => displayWidth(inlineLines(row[column] ?? '', theme, UNBOUNDED)[0] ?? ''))),
  );
  let room = width - GAP.length * (natural.length - 1);
  let left = natural.length;
  const widths = [...natural];
  for (const column of [...natural.keys()].sort((a, b) => natural[a]! - natural[b]!)) {
    const share = Math.floor(room / left);
    widths[column] = Math.min(natural[column]!, share);
    if (widths[column] < natural[column]! && share < LEAST_COLUMN) return null;
    room -= widths[column];
    left--;
  }
  return widths;
}

function rowLines(row: Row, widths: readonly number[], theme: Theme): string[] {
  const cells = widths.map((cells, column) => inlineLines(row[column] ?? '', theme, cells));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, i) =>
    widths
      .map((width, column) => padded(cells[column]![i] ?? '', width))
      .join(GAP)
      .trimEnd(),
  );
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(width - displayWidth(text), 0));
}

function stackedLines([, ...body]: readonly Row[], theme: Theme, width: number): string[] {
  return body.flatMap(([first = '', ...others]) => [
    ...inlineLines(first, theme, width),
    ...others.flatMap((cell) => inlineLines(cell, theme, width - GAP.length).map((line) => GAP + line)),
  ]);
}
