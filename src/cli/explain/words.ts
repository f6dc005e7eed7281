/**
 * What else than rules can be explained: close codes, HTTP statuses, notes and verdicts. They stand in tables of the
 * documentation, which the package brings along; nothing is written twice.
 */
import { parseMarkdown } from './markdown-blocks.ts';
import { readDocument } from './pages.ts';

export type WordKind = 'close code' | 'HTTP status' | 'note' | 'verdict';

export interface Word {
  readonly kind: WordKind;
  /** As it is called: "1006", "4000-4999", "gap". */
  readonly name: string;
  /** "abnormal closure"; empty where the name says it all. */
  readonly title: string;
  /** Markdown, as in the table. */
  readonly means: string;
  /** The same; empty where there is nothing to do. */
  readonly next: string;
}

interface Source {
  readonly kind: WordKind;
  readonly document: string;
  /** The heading above the table. */
  readonly heading: string;
  /** The columns of its title, of what it means and of what to do. */
  readonly columns: { readonly title?: number; readonly means: number; readonly next?: number };
}

const SOURCES: readonly Source[] = [
  {
    kind: 'close code',
    document: 'codes.md',
    heading: 'Close codes',
    columns: { title: 1, means: 2, next: 3 },
  },
  {
    kind: 'HTTP status',
    document: 'codes.md',
    heading: 'HTTP statuses',
    columns: { title: 1, means: 2, next: 3 },
  },
  { kind: 'note', document: 'report-format.md', heading: 'Notes', columns: { means: 1, next: 2 } },
  { kind: 'verdict', document: 'report-format.md', heading: 'Verdicts', columns: { means: 1 } },
];

/** All of them, in the order of their tables. */
export function words(): Word[] {
  return SOURCES.flatMap(wordsOf);
}

/** Those of exactly this name (a note and a verdict may have one), or the range that a number is in. */
export function wordsNamed(name: string): Word[] {
  const all = words();
  const named = all.filter((word) => word.name === name);
  if (named.length > 0 || !/^\d{1,5}$/.test(name)) return named;
  return all.filter((word) => isWithin(Number(name), word)).slice(0, 1);
}

/** "4000-4999". */
function isWithin(number: number, { name }: Word): boolean {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(name) ?? [];
  return first !== undefined && last !== undefined && number >= Number(first) && number <= Number(last);
}

function wordsOf({ kind, document, heading, columns }: Source): Word[] {
  const blocks = parseMarkdown(readDocument(document));
  const from = blocks.findIndex((block) => block.kind === 'heading' && block.text === heading);
  const table = blocks.slice(from + 1).find((block) => block.kind === 'table');
  if (from === -1 || table === undefined) return [];
  const cell = (row: readonly string[], column: number | undefined) =>
    column === undefined ? '' : (row[column] ?? '');
  return table.rows.slice(1).flatMap((row) =>
    // "`no-date`, `local-time`": several with one meaning.
    [...(row[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({
      kind,
      name,
      title: cell(row, columns.title),
      means: cell(row, columns.means),
      next: cell(row, columns.next),
    })),
  );
}
