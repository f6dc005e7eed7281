/** The same connections as a table: for screen readers, for copying, for people who prefer rows. Built in pieces. */
import { frameTexts, upgradeText } from '../../connection-text.ts';
import { formatCount } from '../../format-count.ts';
import { formatDuration } from '../../../basics/format-duration.ts';
import { endingSentence } from '../ending-sentence.ts';
import type { Row } from '../rows.ts';
import { el, wire } from './dom.ts';
import type { Store } from './store.ts';
import { symbolOf } from './symbol.ts';

const PIECE = 100;
const HEADS = ['#', 'Verdict', 'Client', 'Server', 'Target', 'Upgrade', 'Frames', 'Lasted', 'How it ended'];

export class TableView {
  readonly element: HTMLElement;
  readonly #store: Store;
  readonly #body: HTMLElement = el('tbody');
  readonly #more: HTMLButtonElement = el('button', { type: 'button', class: 'more' });
  #shown = 0;

  constructor(store: Store) {
    this.#store = store;
    const head = el('tr', {}, ...HEADS.map((name) => el('th', { scope: 'col' }, name)));
    const caption = el('caption', { class: 'unseen' }, 'Connections, as filtered and ordered above');
    const table = el('table', {}, caption, el('thead', {}, head), this.#body);
    this.element = el(
      'div',
      { class: 'table-view', hidden: true },
      el('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': 'Table of connections' }, table),
      this.#more,
    );
    this.#more.addEventListener('click', () => {
      const next = this.#shown;
      this.#add();
      this.#body.querySelectorAll('button')[next]?.focus();
    });
    store.listen((changed) => {
      if (store.view.mode === 'table' && (changed.has('shown') || changed.has('mode'))) this.#renew();
    });
  }

  #renew(): void {
    this.#body.replaceChildren();
    this.#shown = 0;
    this.#add();
  }

  #add(): void {
    const { shown } = this.#store;
    const next = shown.slice(this.#shown, this.#shown + PIECE);
    this.#body.append(...next.map((row) => this.#row(row)));
    this.#shown += next.length;
    const left = shown.length - this.#shown;
    this.#more.hidden = left === 0;
    this.#more.textContent = `Show ${formatCount(Math.min(PIECE, left))} more of ${formatCount(left)}`;
    if (shown.length === 0) {
      this.#body.append(
        el('tr', {}, el('td', { colspan: HEADS.length, class: 'empty' }, 'No connection passes the filter.')),
      );
    }
  }

  #row(row: Row): HTMLElement {
    const connection = this.#store.rows.connection(row.index);
    const open = el(
      'button',
      { type: 'button', class: 'link', 'aria-label': `Open connection ${row.id}` },
      `#${row.id}`,
    );
    open.addEventListener('click', () => {
      this.#store.open(row);
    });
    return el(
      'tr',
      {},
      el('td', { class: 'number' }, open),
      el('td', { class: 'nowrap' }, symbolOf(row.mark), ` ${row.verdict}`),
      el('td', {}, row.client),
      el('td', {}, row.server),
      el('td', { class: 'long' }, el('div', {}, row.target)),
      el('td', { class: 'nowrap' }, upgradeText(connection)),
      el('td', { class: 'nowrap' }, frameTexts(connection).join(' ')),
      el('td', { class: 'number' }, formatDuration(row.durationMs)),
      el('td', { class: 'ended' }, endingSentence(connection, wire)),
    );
  }
}
