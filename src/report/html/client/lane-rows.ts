/** The texts of the lanes: one element per visible row, which is reused for another row when the list scrolls. */
import { formatDuration } from '../../../basics/format-duration.ts';
import { MARK_NAMES } from '../symbol-paths.ts';
import type { Row } from '../rows.ts';
import { el } from './dom.ts';
import { symbolShape } from './symbol.ts';

export interface RowElement {
  readonly element: HTMLElement;
  place: number;
}

/** `place` counts from 0 in the list of `total`. */
export function fillRow(row: RowElement, place: number, connection: Row, total: number): void {
  row.place = place;
  const { element } = row;
  element.id = `lane-${place}`;
  element.setAttribute('aria-posinset', String(place + 1));
  element.setAttribute('aria-setsize', String(total));
  element.dataset['mark'] = connection.mark;
  element.setAttribute('aria-label', labelOf(connection));
  const [head, tail] = element.children;
  head!.replaceChildren(
    symbolShape(connection.mark),
    el('span', { class: 'id' }, `#${connection.id}`),
    el('span', { class: 'verdict-word' }, connection.verdict),
    el('span', { class: 'lasted' }, formatDuration(connection.durationMs)),
  );
  // The end is cut where there is no room: what tells lanes apart comes first.
  tail!.textContent = `${placeOf(connection)} ← ${connection.client}`;
}

/** ":8080/chat on 10.0.0.1": port and path tell lanes apart more often than the address. */
function placeOf({ server, target }: Row): string {
  const slash = target.indexOf('/');
  const path = slash === -1 ? '' : target.slice(slash);
  const colon = server.lastIndexOf(':');
  return `${server.slice(colon)}${path} on ${server.slice(0, colon)}`;
}

export function newRow(): RowElement {
  const element = el(
    'div',
    { class: 'lane', role: 'option' },
    el('span', { class: 'lane-head' }),
    el('span', { class: 'lane-tail' }),
  );
  return { element, place: -1 };
}

function labelOf({ id, mark, verdict, client, server, target, durationMs, rules }: Row): string {
  const found = rules.length === 0 ? 'no finding' : rules.join(', ');
  return `Connection ${id}, ${MARK_NAMES[mark]}, ${verdict}, ${client} to ${server}, ${target}, lasted ${formatDuration(durationMs)}, ${found}`;
}
