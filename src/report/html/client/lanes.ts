/**
 * The lanes: a scrolling list in which only the visible rows exist, over a canvas that is a few rows higher than the
 * visible part. The canvas is repainted when other rows become visible or the time changes, at most once per
 * animation frame.
 */
import { formatDuration } from '../../../basics/format-duration.ts';
import { laneShapes, type LaneShapes } from '../lane-shapes.ts';
import type { Row } from '../rows.ts';
import { ticks, toX } from '../time-scale.ts';
import { el } from './dom.ts';
import { paintElsewhere, paintLane } from './lane-painter.ts';
import { fillRow, newRow, type RowElement } from './lane-rows.ts';
import { readPalette, type Palette } from './palette.ts';
import type { Store } from './store.ts';

/** Rows painted above and below the visible ones. */
const OVERSCAN = 8;
const KEPT_SHAPES = 400;
const TICK_ROOM = 90;

export class Lanes {
  readonly element: HTMLElement;
  readonly #store: Store;
  readonly #inner: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #rows: RowElement[] = [];
  readonly #shapes = new Map<number, LaneShapes>();
  #palette: Palette;
  #first = -1;
  #isDue = false;
  /** Rows must be filled again, not only moved. */
  #isStale = true;
  /** Measured when it changes, since reading it makes the browser lay out the page. */
  #width = 1;
  #height = 0;
  rowHeight = 30;
  /** Width of the texts beside a lane; 0 if they are above it. */
  labelWidth = 300;

  constructor(store: Store) {
    this.#store = store;
    this.#canvas = el('canvas', { 'aria-hidden': 'true' });
    this.#context = this.#canvas.getContext('2d')!;
    this.#inner = el('div', { class: 'lanes-inner', role: 'presentation' }, this.#canvas);
    this.element = el(
      'div',
      { class: 'lanes', tabindex: 0, role: 'listbox', 'aria-label': 'Connections as lanes on a time axis' },
      this.#inner,
    );
    this.#palette = readPalette();
    this.element.addEventListener(
      'scroll',
      () => {
        this.draw();
      },
      { passive: true },
    );
    new ResizeObserver(() => {
      this.#measure();
    }).observe(this.element);
    store.listen((changed) => {
      if (changed.has('shown')) {
        this.element.scrollTop = 0;
        this.#isStale = true;
      }
      if (changed.has('active')) this.#reveal(store.view.active);
      if (changed.has('shown') || changed.has('span') || changed.has('active') || changed.has('opened'))
        this.draw(true);
    });
  }

  /** Call it when the colours have changed between light and dark. */
  repaint(): void {
    this.#palette = readPalette();
    this.draw(true);
  }

  /** Width of the time axis in pixels. */
  get timeWidth(): number {
    return Math.max(1, this.#width - this.labelWidth);
  }

  /** Number of rows that fit. */
  get page(): number {
    return Math.max(1, Math.floor(this.#height / this.rowHeight) - 1);
  }

  /** The row under a point of the window; null if there is none. */
  rowAt(clientY: number): number | null {
    const top = this.element.getBoundingClientRect().top;
    const place = Math.floor((clientY - top + this.element.scrollTop) / this.rowHeight);
    return place >= 0 && place < this.#store.shown.length ? place : null;
  }

  /** Repaints in the next animation frame: several calls before it are painted once. */
  draw(isChanged = false): void {
    if (isChanged) this.#first = -1;
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#drawNow();
    });
  }

  #measure(): void {
    const style = getComputedStyle(this.element);
    const wasHidden = this.#height === 0;
    this.#width = this.element.clientWidth;
    this.#height = this.element.clientHeight;
    this.rowHeight = parseFloat(style.getPropertyValue('--row')) || 30;
    this.labelWidth = parseFloat(style.getPropertyValue('--label')) || 0;
    this.#isStale = true;
    // An element that was not displayed has lost its scroll position.
    if (wasHidden) this.#reveal(this.#store.view.active);
    this.draw(true);
  }

  #drawNow(): void {
    const { shown } = this.#store;
    const height = this.#height;
    if (height === 0) return;
    const seen = Math.ceil(height / this.rowHeight) + 1;
    const top = Math.floor(this.element.scrollTop / this.rowHeight);
    const isInPlace =
      this.#first >= 0 && top >= this.#first && top + seen <= this.#first + seen + 2 * OVERSCAN;
    if (isInPlace && !this.#isStale) return;
    const first = Math.max(0, top - OVERSCAN);
    const count = Math.min(seen + 2 * OVERSCAN, shown.length - first);
    this.#inner.style.height = `${shown.length * this.rowHeight}px`;
    this.#placeRows(first, count);
    this.#paint(first, count);
    this.#first = first;
    this.#isStale = false;
  }

  #placeRows(first: number, count: number): void {
    const { shown, view } = this.#store;
    while (this.#rows.length < count) {
      const row = newRow();
      this.#rows.push(row);
      this.#inner.append(row.element);
    }
    const size = this.#rows.length;
    for (let place = first; place < first + size; place++) {
      // A row keeps its element as long as it is visible.
      const row = this.#rows[place % size]!;
      row.element.hidden = place >= first + count;
      if (row.element.hidden) {
        row.place = -1;
        continue;
      }
      if (row.place !== place || this.#isStale) fillRow(row, place, shown[place]!, shown.length);
      row.element.style.transform = `translateY(${place * this.rowHeight}px)`;
      row.element.classList.toggle('active', place === view.active);
      row.element.setAttribute('aria-selected', String(shown[place] === view.opened));
    }
    const hasActive = view.active >= first && view.active < first + count;
    if (hasActive) this.element.setAttribute('aria-activedescendant', `lane-${view.active}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #paint(first: number, count: number): void {
    const width = this.timeWidth;
    const height = count * this.rowHeight;
    const ratio = window.devicePixelRatio || 1;
    const canvas = this.#canvas;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    canvas.style.transform = `translate(${this.labelWidth}px, ${first * this.rowHeight}px)`;
    const context = this.#context;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#paintGrid(width, height);
    for (let i = 0; i < count; i++) this.#paintRow(this.#store.shown[first + i]!, i, width);
  }

  #paintGrid(width: number, height: number): void {
    const { span } = this.#store.view;
    this.#context.fillStyle = this.#palette.line;
    for (const at of ticks(span, width, TICK_ROOM).at) {
      this.#context.fillRect(Math.round(toX(span, at, width)), 0, 1, height);
    }
  }

  #paintRow(row: Row, i: number, width: number): void {
    const { span } = this.#store.view;
    const origin = this.#store.originOf(row);
    // If the texts are above, the lane takes the lower part of the row.
    const laneHeight = this.labelWidth === 0 ? this.rowHeight * 0.5 : this.rowHeight;
    const middle = (i + 1) * this.rowHeight - laneHeight / 2;
    const y = Math.round(middle);
    if (origin > span.to) paintElsewhere(this.#context, width, y, 1, this.#palette);
    else if (origin + row.durationMs < span.from) paintElsewhere(this.#context, 0, y, -1, this.#palette);
    paintLane(
      this.#context,
      this.#shapesOf(row),
      {
        x: (ms) => toX(span, origin + ms, width),
        width,
        y,
        half: laneHeight / 2 - 1,
      },
      this.#palette,
      (ms) => `${formatDuration(ms)} silent`,
    );
  }

  #shapesOf({ index }: Row): LaneShapes {
    let shapes = this.#shapes.get(index);
    if (shapes === undefined) {
      shapes = laneShapes(this.#store.rows.connection(index));
      if (this.#shapes.size >= KEPT_SHAPES) this.#shapes.delete(this.#shapes.keys().next().value!);
      this.#shapes.set(index, shapes);
    }
    return shapes;
  }

  /** Scrolls just far enough to make the row visible. */
  #reveal(place: number): void {
    const top = place * this.rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.rowHeight > scrollTop + clientHeight)
      this.element.scrollTop = top + this.rowHeight - clientHeight;
  }
}
