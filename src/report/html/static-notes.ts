/** What the capture can't show: each note once, with how often it applies. Bounded. */
import { countOf, formatCount } from '../format-count.ts';
import type { Report, ReportNote } from '../model.ts';
import { markup, type Markup } from './markup.ts';

const SHOWN = 40;

export function notesSection(report: Report): Markup | null {
  const counts = new Map<string, { note: ReportNote; file: string | null; times: number }>();
  const add = (note: ReportNote, file: string | null): void => {
    const key = JSON.stringify([note.code, note.message, file]);
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { note, file, times: 1 });
    else entry.times++;
  };
  const several = report.captures.length > 1;
  for (const { path, notes } of report.captures) for (const note of notes) add(note, several ? path : null);
  for (const note of report.notes) add(note, null);
  for (const { notes } of report.connections) for (const note of notes) add(note, null);
  const all = [...counts.values()];
  if (all.length === 0) return null;
  const hidden = all.length - SHOWN;
  const more =
    hidden > 0
      ? markup`<p class="more">…and ${countOf(hidden, 'more note')}; notes on one connection are shown with it.</p>`
      : null;
  const items = all.slice(0, SHOWN).map(({ note, file, times }) => {
    const count = times > 1 ? markup` <span class="count">× ${formatCount(times)}</span>` : null;
    return markup`<li><b>${note.code}</b> ${file === null ? null : `${file}: `}${note.message}${count}</li>`;
  });
  return markup`<section class="notes" aria-labelledby="notes-title">
<h2 id="notes-title">What limits this analysis</h2>
<ul>${items}</ul>
${more}
</section>`;
}
