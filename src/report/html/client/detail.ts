/** One connection: everything that the page knows about it. Built when the user opens it. */
import { formatCount } from '../../format-count.ts';
import { formatDuration } from '../../../basics/format-duration.ts';
import { endingSentence } from '../ending-sentence.ts';
import { clockTime, parseInstant, zoneName } from '../instant.ts';
import type { PageConnection } from '../page-data.ts';
import type { Row } from '../rows.ts';
import { findingsPart } from './detail-findings.ts';
import { framesPart } from './detail-frames.ts';
import { handshakePart } from './detail-handshake.ts';
import { ladderPart } from './detail-ladder.ts';
import { trafficPart } from './detail-traffic.ts';
import { el, wire, type Child } from './dom.ts';
import type { Store } from './store.ts';
import { symbolOf } from './symbol.ts';

export class Detail {
  readonly element: HTMLElement;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.element = el('section', {
      class: 'detail',
      tabindex: -1,
      'aria-labelledby': 'detail-title',
      hidden: true,
    });
    store.listen((changed) => {
      if (changed.has('opened')) this.#show(store.view.opened);
    });
  }

  #show(row: Row | null): void {
    this.element.hidden = row === null;
    if (row === null) {
      this.element.replaceChildren();
      return;
    }
    const connection = this.#store.rows.connection(row.index);
    const { data } = this.#store;
    this.element.replaceChildren(
      this.#head(row, connection),
      el(
        'div',
        { class: 'detail-parts' },
        findingsPart(connection, data.captures),
        connection.upgrade === null ? null : handshakePart(connection.upgrade),
        ladderPart(
          connection,
          data.hasClock ? (ms) => clockTime(parseInstant(data.start), row.startMs + ms) : null,
        ),
        trafficPart(connection),
        framesPart(connection),
        notesPart(connection),
      ),
    );
    this.element.scrollTop = 0;
  }

  #head(row: Row, connection: PageConnection): HTMLElement {
    const { shown, data } = this.#store;
    const place = shown.indexOf(row);
    const step = (name: string, label: string, to: number): HTMLElement => {
      const target = place < 0 ? undefined : shown[to];
      const button = el(
        'button',
        { type: 'button', 'aria-label': label, disabled: target === undefined },
        name,
      );
      button.addEventListener('click', () => {
        if (target !== undefined) this.#store.open(target);
        this.element.focus();
      });
      return button;
    };
    const close = el('button', { type: 'button', class: 'close' }, 'Close');
    close.addEventListener('click', () => {
      this.#store.open(null);
    });
    const isSingle = data.captures.length === 1;
    const stream = `tcp.stream == ${row.id}`;
    const facts: [string, Child | Child[]][] = [
      ['Client', el('span', { class: 'mono' }, row.client)],
      ['Server', el('span', { class: 'mono' }, row.server)],
      ['Target', el('span', { class: 'mono long' }, row.target)],
      [
        'Began',
        data.hasClock
          ? `${clockTime(parseInstant(data.start), row.startMs)} ${zoneName(data.start)}`
          : formatDuration(row.startMs),
      ],
      ['Lasted', formatDuration(row.durationMs)],
      ['Packets', `${formatCount(connection.firstPacket)} to ${formatCount(connection.lastPacket)}`],
    ];
    if (connection.tunnels !== '') facts.push(['Tunnel', connection.tunnels]);
    if (connection.tlsLines.length > 0) {
      facts.push(['TLS', connection.tlsLines.map((line) => el('span', { class: 'line' }, wire(line)))]);
    }
    if (isSingle) {
      facts.push([
        'Wireshark',
        [
          el('code', {}, stream),
          ' ',
          el('button', { type: 'button', class: 'copy', 'data-copy': stream }, 'Copy'),
        ],
      ]);
    }
    return el(
      'header',
      {},
      el(
        'div',
        { class: 'detail-bar' },
        el(
          'h3',
          { id: 'detail-title' },
          symbolOf(row.mark),
          `Connection #${row.id}`,
          el('span', { class: 'verdict-word' }, row.verdict),
        ),
        el(
          'span',
          { class: 'steps' },
          step('‹', 'Previous connection', place - 1),
          step('›', 'Next connection', place + 1),
          close,
        ),
      ),
      el('p', { class: 'ending' }, endingSentence(connection, wire)),
      el(
        'dl',
        { class: 'pairs' },
        ...facts.map(([name, value]) =>
          el('div', {}, el('dt', {}, name), el('dd', {}, ...(Array.isArray(value) ? value : [value]))),
        ),
      ),
    );
  }
}

function notesPart({ notes }: PageConnection): HTMLElement {
  return el(
    'section',
    { class: 'part', hidden: notes.length === 0 },
    el('h4', {}, 'What limits this analysis'),
    el(
      'ul',
      { class: 'notes' },
      ...notes.map(({ code, message, packet }) =>
        el(
          'li',
          {},
          el('b', {}, code),
          ` ${wire(message)}`,
          packet === undefined ? null : ` (packet ${formatCount(packet)})`,
        ),
      ),
    ),
  );
}
