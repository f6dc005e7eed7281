/** The lanes with their axis and the buttons for zooming. */
import { pan, zoom } from '../time-scale.ts';
import { Axis } from './axis.ts';
import { el } from './dom.ts';
import { watchGestures } from './gestures.ts';
import { Lanes } from './lanes.ts';
import { legend } from './legend.ts';
import { Overview } from './overview.ts';
import type { Alignment, Store } from './store.ts';

const ZOOM = 0.6;
const PAN = 0.3;
/** With fewer connections the lanes themselves are an overview. */
const WORTH_AN_OVERVIEW = 20;

export class LaneView {
  readonly element: HTMLElement;
  readonly lanes: Lanes;
  readonly overview: Overview;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.lanes = new Lanes(store);
    const empty = el('p', { class: 'empty', hidden: true }, 'No connection passes the filter.');
    const frame = el('div', { class: 'lane-frame' });
    const axis = new Axis(store, this.lanes, frame);
    this.overview = new Overview(store, this.lanes);
    if (store.rows.all.length >= WORTH_AN_OVERVIEW) frame.append(this.overview.element);
    frame.append(axis.element, this.lanes.element, empty);
    this.element = el('div', { class: 'lane-view' }, this.#timeBar(), frame, legend());
    watchGestures(store, this.lanes, axis.element);
    store.listen((changed) => {
      if (changed.has('shown')) empty.hidden = store.shown.length > 0;
    });
  }

  #timeBar(): HTMLElement {
    const change = (
      name: string,
      label: string,
      to: (span: Store['bounds']) => Store['bounds'],
    ): HTMLElement => {
      const button = el('button', { type: 'button', 'aria-label': label, title: label }, name);
      button.addEventListener('click', () => {
        this.#store.set({ span: to(this.#store.view.span) });
      });
      return button;
    };
    const store = this.#store;
    const middle = (span: Store['bounds']): number => (span.from + span.to) / 2;
    const length = (span: Store['bounds']): number => span.to - span.from;
    return el(
      'div',
      { class: 'time-bar', role: 'toolbar', 'aria-label': 'Time' },
      this.#alignment(),
      el(
        'span',
        { class: 'steps' },
        change('←', 'Earlier', (span) => pan(span, -PAN * length(span), store.bounds)),
        change('→', 'Later', (span) => pan(span, PAN * length(span), store.bounds)),
        change('+', 'Zoom in', (span) => zoom(span, ZOOM, middle(span), store.bounds)),
        change('−', 'Zoom out', (span) => zoom(span, 1 / ZOOM, middle(span), store.bounds)),
        change('All', 'Show the whole time span', () => store.bounds),
      ),
    );
  }

  #alignment(): HTMLElement {
    const select = el(
      'select',
      { id: 'alignment' },
      el('option', { value: 'capture' }, 'since the capture began'),
      el('option', { value: 'upgrade' }, 'since the 101 of each'),
    );
    select.addEventListener('input', () => {
      this.#store.set({ alignment: select.value as Alignment });
    });
    return el('label', { class: 'field', for: 'alignment' }, el('span', {}, 'Time'), select);
  }
}
