/** Search, rule, address, severity and order: they decide what the lists show. */
import { formatCount } from '../../format-count.ts';
import { isFiltering, NO_FILTER, ORDER_NAMES, ORDERS, SEVERITY_CHOICES, type Filter } from '../row-filter.ts';
import { el } from './dom.ts';
import type { Store } from './store.ts';
import { symbolShape } from './symbol.ts';

const SUGGESTED_ADDRESSES = 100;
const SEVERITY_MARKS = { error: 'error', warning: 'warning', info: 'info', none: 'neutral' } as const;

export class FilterBar {
  readonly element: HTMLElement;
  readonly search: HTMLInputElement;
  readonly #store: Store;
  readonly #rule: HTMLSelectElement;
  readonly #address: HTMLInputElement;
  readonly #severities = new Map<string, HTMLInputElement>();
  readonly #count: HTMLElement;
  readonly #clear: HTMLButtonElement;

  constructor(store: Store) {
    this.#store = store;
    this.search = el('input', {
      type: 'search',
      id: 'filter-text',
      placeholder: 'Search (press /)',
      autocomplete: 'off',
      spellcheck: 'false',
    });
    this.#rule = el(
      'select',
      { id: 'filter-rule' },
      el('option', { value: '' }, 'any rule'),
      ...ruleOptions(store),
    );
    this.#address = el('input', {
      id: 'filter-address',
      list: 'addresses',
      placeholder: 'any address',
      autocomplete: 'off',
      spellcheck: 'false',
    });
    const order = el(
      'select',
      { id: 'order' },
      ...ORDERS.map((value) => el('option', { value }, ORDER_NAMES[value])),
    );
    this.#count = el('output', { class: 'count', 'aria-live': 'polite' });
    this.#clear = el('button', { type: 'button', class: 'clear' }, 'Clear');
    this.element = el(
      'form',
      { class: 'bar', role: 'search', 'aria-label': 'Filter the connections' },
      labelled('Search', this.search),
      labelled('Rule', this.#rule),
      labelled('Address', this.#address),
      el('datalist', { id: 'addresses' }, ...addressOptions(store)),
      this.#severityBoxes(),
      labelled('Order', order),
      this.#count,
      this.#clear,
    );
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
    });
    for (const field of [this.search, this.#rule, this.#address, ...this.#severities.values()]) {
      field.addEventListener('input', () => {
        store.set({ filter: this.#read() });
      });
    }
    order.addEventListener('input', () => {
      store.set({ order: ORDERS.find((name) => name === order.value) ?? 'worst' });
    });
    this.#clear.addEventListener('click', () => {
      this.show(NO_FILTER);
      this.search.focus();
    });
    store.listen((changed) => {
      if (changed.has('shown')) this.#showCount();
    });
    this.#showCount();
  }

  /** Sets the fields and applies the filter. */
  show(filter: Filter): void {
    this.search.value = filter.text;
    this.#rule.value = filter.rule;
    this.#address.value = filter.address;
    for (const [severity, box] of this.#severities) box.checked = filter.severities.has(severity);
    this.#store.set({ filter });
  }

  #read(): Filter {
    return {
      text: this.search.value,
      rule: this.#rule.value,
      address: this.#address.value,
      severities: new Set([...this.#severities].filter(([, { checked }]) => checked).map(([name]) => name)),
    };
  }

  #severityBoxes(): HTMLElement {
    const group = el('fieldset', { class: 'severities' }, el('legend', { class: 'unseen' }, 'Severity'));
    for (const severity of SEVERITY_CHOICES) {
      const box = el('input', { type: 'checkbox', checked: true, name: severity });
      this.#severities.set(severity, box);
      group.append(el('label', { class: 'pill' }, box, symbolShape(SEVERITY_MARKS[severity]), severity));
    }
    return group;
  }

  #showCount(): void {
    const { shown, rows, view } = this.#store;
    const all = formatCount(rows.all.length);
    const isAll = shown.length === rows.all.length;
    this.#count.textContent = isAll ? `${all} shown` : `${formatCount(shown.length)} of ${all}`;
    this.#clear.hidden = !isFiltering(view.filter);
  }
}

function labelled(name: string, field: HTMLElement): HTMLElement {
  return el('label', { for: field.id, class: 'field' }, el('span', {}, name), field);
}

/** Most frequent first. */
function ruleOptions({ rows }: Store): HTMLElement[] {
  const counts = new Map<string, number>();
  for (const { rules } of rows.all) for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([rule, count]) => el('option', { value: rule }, `${rule} (${formatCount(count)})`));
}

function addressOptions({ rows }: Store): HTMLElement[] {
  const counts = new Map<string, number>();
  const add = (address: string): void => void counts.set(address, (counts.get(address) ?? 0) + 1);
  for (const { client, server } of rows.all) {
    // The port of a client differs each time.
    add(client.replace(/:\d+$/, ''));
    add(server);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SUGGESTED_ADDRESSES)
    .map(([address]) => el('option', { value: address }));
}
