/** What the page shows at the moment, and who is told when that changes. */
import type { PageData } from '../page-data.ts';
import { filterRows, NO_FILTER, orderRows, type Filter, type Order } from '../row-filter.ts';
import { Rows, type Row } from '../rows.ts';
import { withMargin, type Span } from '../time-scale.ts';

/** Lanes start where they were in the capture, or each starts at its own 101. */
export type Alignment = 'capture' | 'upgrade';

export interface View {
  readonly filter: Filter;
  readonly order: Order;
  readonly alignment: Alignment;
  readonly mode: 'lanes' | 'table';
  /** The part of time that the lanes show. */
  readonly span: Span;
  /** Index in `shown` of the lane that keys act on. */
  readonly active: number;
  readonly opened: Row | null;
}

type Listener = (changed: ReadonlySet<keyof View | 'shown'>) => void;

export class Store {
  readonly data: PageData;
  readonly rows: Rows;
  readonly #byId: ReadonlyMap<number, Row>;
  readonly #searchTexts = new Map<number, string>();
  readonly #listeners: Listener[] = [];
  view: View;
  /** The rows that match the filter, in order. */
  shown: readonly Row[];
  /** The whole time span of the rows shown. */
  bounds: Span;

  constructor(data: PageData) {
    this.data = data;
    this.rows = new Rows(data);
    this.#byId = new Map(this.rows.all.map((row) => [row.id, row]));
    this.shown = this.rows.all;
    this.bounds = this.#boundsOf('capture');
    this.view = {
      filter: NO_FILTER,
      order: 'worst',
      alignment: 'capture',
      mode: 'lanes',
      span: this.bounds,
      active: 0,
      opened: null,
    };
  }

  /** Builds in idle time what the first search would have to wait for. */
  prepareSearch(): void {
    let next = 0;
    const work = (deadline: IdleDeadline): void => {
      const { all } = this.rows;
      while (next < all.length && deadline.timeRemaining() > 2) this.#searchText(all[next++]!);
      if (next < all.length) requestIdleCallback(work);
    };
    // Not in Safari, where the first search takes a moment.
    if ('requestIdleCallback' in window) requestIdleCallback(work);
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  set(changes: Partial<View>): void {
    const before = this.view;
    this.view = { ...before, ...changes };
    const changed = new Set<keyof View | 'shown'>(
      (Object.keys(changes) as (keyof View)[]).filter((key) => before[key] !== this.view[key]),
    );
    if (changed.has('filter') || changed.has('order')) {
      this.#choose();
      changed.add('shown').add('active');
    }
    if (changed.has('alignment')) {
      this.bounds = this.#boundsOf(this.view.alignment);
      this.view = { ...this.view, span: this.bounds };
      changed.add('span');
    }
    if (changed.size > 0) for (const listener of this.#listeners) listener(changed);
  }

  /** The top lane becomes the active one, unless the opened one is among those shown. */
  #choose(): void {
    const passed = filterRows(this.rows.all, this.view.filter, (row) => this.#searchText(row));
    this.shown = orderRows(passed, this.view.order);
    this.view = { ...this.view, active: Math.max(0, this.#placeOf(this.view.opened)) };
  }

  #placeOf(row: Row | null): number {
    return row === null ? -1 : this.shown.indexOf(row);
  }

  #searchText(row: Row): string {
    let text = this.#searchTexts.get(row.index);
    if (text === undefined) {
      text = this.rows.searchText(row);
      this.#searchTexts.set(row.index, text);
    }
    return text;
  }

  rowOf(id: number): Row | undefined {
    return this.#byId.get(id);
  }

  open(row: Row | null): void {
    const place = this.#placeOf(row);
    this.set({ opened: row, ...(place < 0 ? {} : { active: place }) });
  }

  /** Where a connection's own time begins on the axis. */
  originOf(row: Row): number {
    return this.view.alignment === 'capture' ? row.startMs : -(row.openedMs ?? 0);
  }

  #boundsOf(alignment: Alignment): Span {
    let from = Infinity;
    let to = -Infinity;
    for (const row of this.rows.all) {
      const origin = alignment === 'capture' ? row.startMs : -(row.openedMs ?? 0);
      from = Math.min(from, origin);
      to = Math.max(to, origin + row.durationMs);
    }
    return withMargin(from <= to ? { from, to } : { from: 0, to: 1 });
  }
}
