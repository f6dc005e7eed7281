/** The axis above the lanes: ticks, and the moment under the pointer. */
import { formatDuration } from '../../../basics/format-duration.ts';
import { clockTime, parseInstant, zoneName } from '../instant.ts';
import { tickLabel, ticks, toMs, toX } from '../time-scale.ts';
import { el } from './dom.ts';
import type { Lanes } from './lanes.ts';
import type { Store } from './store.ts';

const TICK_ROOM = 90;
/** Too close to the right edge, a label doesn't fit. */
const LABEL_ROOM = 60;

export class Axis {
  readonly element: HTMLElement;
  readonly #store: Store;
  readonly #lanes: Lanes;
  readonly #ticks: HTMLElement;
  readonly #cursor: HTMLElement;
  readonly #line: HTMLElement;

  /** @param frame the element in which the line under the pointer is drawn */
  constructor(store: Store, lanes: Lanes, frame: HTMLElement) {
    this.#store = store;
    this.#lanes = lanes;
    this.#ticks = el('div', { class: 'ticks' });
    this.#cursor = el('output', { class: 'cursor', hidden: true });
    this.element = el('div', { class: 'axis', 'aria-hidden': 'true' }, this.#ticks, this.#cursor);
    this.#line = el('div', { class: 'cursor-line', hidden: true });
    frame.append(this.#line);
    store.listen((changed) => {
      if (changed.has('span')) this.draw();
    });
    new ResizeObserver(() => {
      this.draw();
    }).observe(this.element);
    frame.addEventListener('pointermove', (event) => {
      this.#point(event.clientX);
    });
    frame.addEventListener('pointerleave', () => {
      this.#cursor.hidden = true;
      this.#line.hidden = true;
    });
  }

  draw(): void {
    const { span } = this.#store.view;
    const width = this.#lanes.timeWidth;
    const { step, at } = ticks(span, width, TICK_ROOM);
    this.#ticks.style.left = `${this.#lanes.labelWidth}px`;
    this.#ticks.style.width = `${width}px`;
    this.#ticks.replaceChildren(
      ...at.map((ms) => {
        const x = toX(span, ms, width);
        const tick = el('span', { class: 'tick' }, x > width - LABEL_ROOM ? '' : tickLabel(ms, step));
        tick.style.left = `${x}px`;
        return tick;
      }),
    );
  }

  #point(clientX: number): void {
    const left = this.#lanes.element.getBoundingClientRect().left + this.#lanes.labelWidth;
    const width = this.#lanes.timeWidth;
    const x = clientX - left;
    const isInside = x >= 0 && x <= width;
    this.#cursor.hidden = !isInside;
    this.#line.hidden = !isInside;
    if (!isInside) return;
    const { view, data } = this.#store;
    const ms = toMs(view.span, x, width);
    const text =
      view.alignment === 'upgrade'
        ? `${formatDuration(ms)} ${ms < 0 ? 'before' : 'after'} the 101`.replace('-', '')
        : data.hasClock
          ? `${clockTime(parseInstant(data.start), ms)} ${zoneName(data.start)}`
          : formatDuration(ms);
    this.#cursor.textContent = text;
    const half = this.#cursor.offsetWidth / 2;
    this.#cursor.style.left = `${this.#lanes.labelWidth + Math.min(Math.max(x, half), width - half)}px`;
    this.#line.style.left = `${this.#lanes.labelWidth + x}px`;
  }
}
