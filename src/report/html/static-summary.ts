/** Many connections in a few lines, by server and path, as a plain table. */
import type { Report } from '../model.ts';
import { summaryRows } from '../summary.ts';
import { markup, type Markup } from './markup.ts';
import { MARK_NAMES } from './symbol-paths.ts';
import { symbol } from './symbols.ts';

/** null where there is nothing to sum up. */
export function summarySection(report: Report): Markup | null {
  const { rows, more } = summaryRows(report);
  if (rows.length === 0) return null;
  const lines = rows.map(({ server, path, severity, text }) => {
    const mark = severity ?? 'neutral';
    return markup`<tr><td>${symbol(mark)}<span class="unseen">${MARK_NAMES[mark]}:</span> <code>${server}</code></td><td><code>${path}</code></td><td>${text}</td></tr>`;
  });
  return markup`<section class="summary-table" aria-labelledby="summary-title">
<h2 id="summary-title">By server and path</h2>
<table><thead><tr><th scope="col">server</th><th scope="col">path</th><th scope="col">how they ended</th></tr></thead>
<tbody>${lines}</tbody></table>
${more === null ? null : markup`<p>${more}</p>`}
</section>`;
}
