/** What each server port speaks, as a plain table, where no WebSocket opened. */
import { inventoryRows } from '../inventory-text.ts';
import type { Report } from '../model.ts';
import { markup, type Markup } from './markup.ts';

/** null where there is nothing to show. */
export function inventorySection(report: Report): Markup | null {
  const { rows, more } = inventoryRows(report);
  if (rows.length === 0) return null;
  const lines = rows.map(
    ({ server, speaks, howOften }) =>
      markup`<tr><td><code>${server}</code></td><td>${speaks}</td><td>${howOften}</td></tr>`,
  );
  return markup`<section class="inventory" aria-labelledby="inventory-title">
<h2 id="inventory-title">What the servers speak</h2>
<table><thead><tr><th scope="col">server</th><th scope="col">speaks</th><th scope="col">how often</th></tr></thead>
<tbody>${lines}</tbody></table>
${more === null ? null : markup`<p>${more}</p>`}
</section>`;
}
