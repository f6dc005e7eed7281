/** The inventory on a terminal: a line for each server port, where no WebSocket opened. */
import { displayWidth } from '../display-width.ts';
import { cutMiddle, wrapText } from '../fit-text.ts';
import { inventoryRows } from '../inventory-text.ts';
import type { Report } from '../model.ts';
import type { Theme } from './theme.ts';

const INDENT = '  ';
const GUTTER = '  ';
/** Of an IPv6 address in a narrow terminal the middle is left out. */
const MOST_OF_WIDTH = 0.4;

export function inventoryLines(report: Report, theme: Theme, width: number): string[] {
  const { rows, more } = inventoryRows(report);
  if (rows.length === 0) return [];
  const room = width - INDENT.length;
  const servers = fitted(
    rows.map(({ server }) => theme.safe(server)),
    Math.floor(room * MOST_OF_WIDTH),
    theme,
  );
  const speaks = fitted(
    rows.map((row) => theme.own(row.speaks)),
    room,
    theme,
  );
  const before = displayWidth(servers[0]!) + displayWidth(speaks[0]!) + 2 * GUTTER.length;
  const lines = rows.flatMap(({ howOften }, i) => {
    const [first = '', ...others] = wrapText(theme.safe(howOften), Math.max(room - before, 1));
    return [
      `${INDENT}${servers[i]!}${GUTTER}${theme.strong(speaks[i]!)}${GUTTER}${first}`,
      ...others.map((line) => INDENT + ' '.repeat(before) + line),
    ];
  });
  return ['', ...lines, ...(more === null ? [] : [`${INDENT}${theme.own(more)}`])];
}

/** All as wide as the widest, which is at most `width`. */
function fitted(texts: readonly string[], width: number, theme: Theme): string[] {
  const cut = texts.map((text) => cutMiddle(text, width, theme.ellipsis));
  const widest = Math.max(...cut.map(displayWidth));
  return cut.map((text) => text + ' '.repeat(widest - displayWidth(text)));
}
