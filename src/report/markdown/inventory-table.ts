/** The inventory as a Markdown table, where no WebSocket opened. */
import { inventoryRows } from '../inventory-text.ts';
import type { Report } from '../model.ts';
import { codeSpan, escapeProse, tableLines } from './escape-markdown.ts';

/** null where there is nothing to show. */
export function inventoryTable(report: Report): string | null {
  const { rows, more } = inventoryRows(report);
  if (rows.length === 0) return null;
  const lines = tableLines(
    ['server', 'speaks', 'how often'],
    rows.map(({ server, speaks, howOften }) => [codeSpan(server), speaks, escapeProse(howOften)]),
  );
  return [...lines, ...(more === null ? [] : ['', more])].join('\n');
}
