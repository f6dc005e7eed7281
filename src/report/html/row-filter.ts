/** Decides which connections are shown, and in which order. */
import { SEVERITIES } from '../../basics/severity.ts';
import type { Row } from './rows.ts';

export interface Filter {
  /** Words that all must occur. */
  readonly text: string;
  /** A rule that must have found something; empty: any. */
  readonly rule: string;
  /** A part of the client's or the server's address and port. */
  readonly address: string;
  /** One of these severities must have been found; "none": no finding. With all of them there is no filter. */
  readonly severities: ReadonlySet<string>;
}

/** A connection's severities to choose from. */
export const SEVERITY_CHOICES: readonly [...typeof SEVERITIES, 'none'] = [...SEVERITIES, 'none'];

export const NO_FILTER: Filter = { text: '', rule: '', address: '', severities: new Set(SEVERITY_CHOICES) };

export function isFiltering({ text, rule, address, severities }: Filter): boolean {
  return (
    text.trim() !== '' || rule !== '' || address.trim() !== '' || severities.size < SEVERITY_CHOICES.length
  );
}

/** `searchText` is called only for rows that match everything else, since it is slow. */
export function filterRows(
  rows: readonly Row[],
  { text, rule, address, severities }: Filter,
  searchText: (row: Row) => string,
): Row[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const part = address.trim().toLowerCase();
  return rows.filter(
    (row) =>
      hasSeverity(row, severities) &&
      (rule === '' || row.rules.includes(rule)) &&
      (part === '' || row.client.includes(part) || row.server.includes(part)) &&
      (words.length === 0 || containsAll(searchText(row), words)),
  );
}

function hasSeverity({ mark, severities: found }: Row, wanted: ReadonlySet<string>): boolean {
  if (wanted.size === SEVERITY_CHOICES.length) return true;
  // A verdict can be bad even if no rule found anything.
  if (found.length === 0) return wanted.has(mark === 'error' || mark === 'warning' ? mark : 'none');
  return found.some((severity) => wanted.has(severity));
}

function containsAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

export const ORDERS = ['worst', 'time', 'longest', 'shortest', 'number'] as const;
export type Order = (typeof ORDERS)[number];

export const ORDER_NAMES: Readonly<Record<Order, string>> = {
  worst: 'worst first',
  time: 'by start',
  longest: 'longest first',
  shortest: 'shortest first',
  number: 'by number',
};

const COMPARE: Readonly<Record<Order, (a: Row, b: Row) => number>> = {
  worst: (a, b) => a.index - b.index,
  time: (a, b) => a.startMs - b.startMs,
  longest: (a, b) => b.durationMs - a.durationMs,
  shortest: (a, b) => a.durationMs - b.durationMs,
  number: (a, b) => a.id - b.id,
};

export function orderRows(rows: readonly Row[], order: Order): Row[] {
  return rows.toSorted((a, b) => COMPARE[order](a, b) || a.id - b.id);
}
