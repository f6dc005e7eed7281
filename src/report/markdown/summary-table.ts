/** Many connections in a few lines, by server and path, as a Markdown table. */
import type { Report } from '../model.ts';
import { summaryRows } from '../summary.ts';
import { codeSpan, escapeProse, tableLines } from './escape-markdown.ts';
import { SIGNS } from './phrases.ts';

/** null where there is nothing to sum up. */
export function summaryTable(report: Report): string | null {
  const { rows, more } = summaryRows(report);
  if (rows.length === 0) return null;
  const lines = tableLines(
    ['', 'server', 'path', 'how they ended'],
    rows.map(({ server, path, severity, text }) => [
      SIGNS[severity ?? 'neutral'],
      codeSpan(server),
      codeSpan(path),
      escapeProse(text),
    ]),
  );
  return [...lines, ...(more === null ? [] : ['', more])].join('\n');
}
