/** The summary by server and path on a terminal: a line or two for each. */
import { displayWidth } from '../display-width.ts';
import { cutMiddle, wrapText } from '../fit-text.ts';
import type { Report } from '../model.ts';
import { summaryRows } from '../summary.ts';
import type { Theme } from './theme.ts';

const INDENT = '  ';
const GUTTER = '  ';
/** Of a long path the middle is left out. */
const MOST_OF_WIDTH = 0.45;

export function summaryLines(report: Report, theme: Theme, width: number): string[] {
  const { rows, more } = summaryRows(report);
  if (rows.length === 0) return [];
  const room = width - INDENT.length - 2;
  const places = rows.map(({ server, path }) =>
    cutMiddle(theme.safe(`${server} ${path}`.trimEnd()), Math.floor(room * MOST_OF_WIDTH), theme.ellipsis),
  );
  const widest = Math.max(...places.map(displayWidth));
  const hang = ' '.repeat(INDENT.length + 2 + widest + GUTTER.length);
  const lines = rows.flatMap(({ severity, text }, i) => {
    const place = places[i]! + ' '.repeat(widest - displayWidth(places[i]!));
    const [first = '', ...others] = wrapText(theme.safe(text), Math.max(room - widest - GUTTER.length, 1));
    return [
      `${INDENT}${theme.symbol(severity ?? 'neutral')} ${place}${GUTTER}${first}`,
      ...others.map((line) => hang + line),
    ];
  });
  return ['', ...lines, ...(more === null ? [] : [`${INDENT}${INDENT}${theme.own(more)}`])];
}
