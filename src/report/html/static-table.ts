/** The worst connections as a plain table: for readers without scripts, and for paper. Bounded. */
import type { RankedConnection } from '../connection-rank.ts';
import { endpointText, frameTexts, targetText, upgradeText } from '../connection-text.ts';
import { countOf } from '../format-count.ts';
import { formatDuration } from '../../basics/format-duration.ts';
import { endingSentence } from './ending-sentence.ts';
import { markup, type Markup } from './markup.ts';
import { symbol } from './symbols.ts';

const SHOWN = 50;
const HEADS = ['#', 'Verdict', 'Client', 'Server', 'Target', 'Upgrade', 'Frames', 'Lasted', 'How it ended'];

/** Not escaped here: the template escapes, once. */
const asIs = (text: string): string => text;

export function worstTable(ranked: readonly RankedConnection[]): Markup | null {
  if (ranked.length === 0) return null;
  const hidden = ranked.length - Math.min(ranked.length, SHOWN);
  const heads = HEADS.map((name) => markup`<th scope="col">${name}</th>`);
  const more = hidden > 0 ? markup`<p class="more">…and ${countOf(hidden, 'more connection')}.</p>` : null;
  return markup`<section class="worst" aria-labelledby="worst-title">
<h2 id="worst-title">${hidden > 0 ? `The ${SHOWN} worst connections` : 'Connections'}</h2>
<div class="wide"><table>
<thead><tr>${heads}</tr></thead>
<tbody>
${ranked.slice(0, SHOWN).map(row)}</tbody>
</table></div>
${more}
</section>`;
}

function row(ranked: RankedConnection): Markup {
  const { connection } = ranked;
  const { id, verdict, client, server, durationMs } = connection;
  const lasted = durationMs < 0 ? 'unknown' : formatDuration(durationMs);
  const cells = [
    markup`<td class="number">${id}</td>`,
    markup`<td class="nowrap">${symbol(ranked.mark)} ${verdict}</td>`,
    markup`<td>${endpointText(client, asIs)}</td>`,
    markup`<td>${endpointText(server, asIs)}</td>`,
    markup`<td class="long"><div>${targetText(connection, asIs)}</div></td>`,
    markup`<td class="nowrap">${upgradeText(connection)}</td>`,
    markup`<td class="nowrap">${frameTexts(connection).join(' ')}</td>`,
    markup`<td class="number">${lasted}</td>`,
    markup`<td class="ended">${endingSentence(connection, asIs)}</td>`,
  ];
  return markup`<tr id="connection-${id}">${cells}</tr>
`;
}
