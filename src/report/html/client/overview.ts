/**
 * All connections that match the filter in one strip: how many were open at each moment, and where those with a
 * problem ended. A frame marks the part of time that the lanes show; dragging moves it.
 */
import { formatCount } from '../../format-count.ts';
import { MARK_NAMES } from '../symbol-paths.ts';
import { pan, toMs, toX } from '../time-scale.ts';
import { el } from './dom.ts';
import type { Lanes } from './lanes.ts';
import { readPalette } from './palette.ts';
import type { Store } from './store.ts';

const HEIGHT = 46;
/** Width of a bar in pixels. */
const BAR = 3;

export class Overview {
  readonly element: HTMLElement;
  readonly #store: Store;
  readonly #lanes: Lanes;
  readonly #canvas = el('canvas', { 'aria-hidden': 'true' });
  readonly #window = el('div', { class: 'overview-window' });
  readonly #label = el('span', { class: 'overview-label' });

  constructor(store: Store, lanes: Lanes) {
    this.#store = store;
    this.#lanes = lanes;
    this.element = el('div', { class: 'overview' }, this.#label, this.#canvas, this.#window);
    store.listen((changed) => {
      if (changed.has('shown') || changed.has('alignment')) this.draw();
      if (changed.has('span')) this.#placeWindow();
    });
    new ResizeObserver(() => {
      this.draw();
    }).observe(this.element);
    this.element.addEventListener('pointerdown', (event) => {
      this.element.setPointerCapture(event.pointerId);
      this.#moveTo(event.clientX);
    });
    this.element.addEventListener('pointermove', (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) this.#moveTo(event.clientX);
    });
  }

  draw(): void {
    const width = this.#lanes.timeWidth;
    const ratio = window.devicePixelRatio || 1;
    const canvas = this.#canvas;
    canvas.width = Math.round(width * ratio);
    canvas.height = HEIGHT * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.left = `${this.#lanes.labelWidth}px`;
    const context = canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    const palette = readPalette();
    const { open, errors, warnings } = this.#counts(Math.max(1, Math.ceil(width / BAR)));
    const most = Math.max(1, ...open);
    const mostEnded = Math.max(1, ...errors.map((count, i) => count + warnings[i]!));
    const bar = (
      counts: readonly number[],
      color: string,
      heightOf: (count: number, i: number) => [number, number],
    ) => {
      context.fillStyle = color;
      counts.forEach((count, i) => {
        if (count === 0) return;
        const [bottom, height] = heightOf(count, i);
        context.fillRect(i * BAR, HEIGHT - bottom - height, BAR, height);
      });
    };
    const endedHeight = (count: number): number => Math.max(3, (count / mostEnded) * HEIGHT * 0.55);
    bar(open, palette.line, (count) => [0, Math.max(1, (count / most) * (HEIGHT - 6))]);
    bar(errors, palette.marks.error, (count) => [0, endedHeight(count)]);
    bar(warnings, palette.marks.warning, (count, i) => [
      errors[i]! > 0 ? endedHeight(errors[i]!) : 0,
      endedHeight(count),
    ]);
    const together = this.#store.view.alignment === 'capture' ? 'at once' : 'at the same age';
    const ended = `in colour, where those with an ${MARK_NAMES.error} or a ${MARK_NAMES.warning} ended`;
    this.#label.textContent = `at most ${formatCount(most)} open ${together}; ${ended}`;
    this.#placeWindow();
  }

  #counts(bars: number): { open: number[]; errors: number[]; warnings: number[] } {
    const { bounds, shown } = this.#store;
    const zeros = (): number[] => Array.from({ length: bars }, () => 0);
    const open = zeros();
    const errors = zeros();
    const warnings = zeros();
    const begun = Array.from({ length: bars + 1 }, () => 0);
    const barOf = (ms: number): number => Math.min(bars - 1, Math.max(0, Math.floor(toX(bounds, ms, bars))));
    for (const row of shown) {
      const origin = this.#store.originOf(row);
      const last = barOf(origin + row.durationMs);
      begun[barOf(origin)]!++;
      begun[last + 1]!--;
      if (row.mark === 'error') errors[last]!++;
      else if (row.mark === 'warning') warnings[last]!++;
    }
    let now = 0;
    for (let i = 0; i < bars; i++) open[i] = now += begun[i]!;
    return { open, errors, warnings };
  }

  #placeWindow(): void {
    const { view, bounds } = this.#store;
    const width = this.#lanes.timeWidth;
    const left = toX(bounds, view.span.from, width);
    const right = toX(bounds, view.span.to, width);
    this.#window.style.left = `${this.#lanes.labelWidth + left}px`;
    this.#window.style.width = `${Math.max(2, right - left)}px`;
  }

  /** Moves the moment under the pointer to the middle of the lanes. */
  #moveTo(clientX: number): void {
    const { view, bounds } = this.#store;
    const left = this.element.getBoundingClientRect().left + this.#lanes.labelWidth;
    const at = toMs(bounds, clientX - left, this.#lanes.timeWidth);
    const middle = (view.span.from + view.span.to) / 2;
    this.#store.set({ span: pan(view.span, at - middle, bounds) });
  }
}
