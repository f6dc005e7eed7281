/** Parses as much of Markdown as the pages of the rules use: headings, paragraphs, lists, tables, fenced code. */

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly ListItem[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'code'; readonly lines: readonly string[] };

export interface ListItem {
  /** "-" or "1.". */
  readonly marker: string;
  readonly blocks: readonly Block[];
}

const HEADING = /^(#{1,6}) +(.*)$/;
const FENCE = /^(`{3,}|~{3,})/;
const ITEM = /^([-*+]|\d+[.)])( +)(.*)$/;
const TABLE_RULE = /^\|(?: *:?-+:? *\|)+ *$/;

export function parseMarkdown(text: string): Block[] {
  return parseLines(text.replace(/<!--[^]*?-->/g, '').split('\n'));
}

function parseLines(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let next = 0;
  while (next < lines.length) {
    const line = lines[next]!;
    const heading = HEADING.exec(line);
    if (line.trim() === '') {
      next++;
    } else if (heading !== null) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, text: heading[2]! });
      next++;
    } else if (FENCE.test(line)) {
      const end = lines.indexOf(FENCE.exec(line)![1]!, next + 1);
      const after = end === -1 ? lines.length : end;
      blocks.push({ kind: 'code', lines: lines.slice(next + 1, after) });
      next = after + 1;
    } else if (isTableAt(lines, next)) {
      const after = endOf(lines, next, (each) => each.startsWith('|'));
      const [head, , ...body] = lines.slice(next, after).map(cellsOf);
      blocks.push({ kind: 'table', rows: [head!, ...body] });
      next = after;
    } else if (ITEM.test(line)) {
      const [list, after] = parseList(lines, next);
      blocks.push(list);
      next = after;
    } else {
      const after = endOf(lines, next + 1, (each, at) => !beginsBlock(lines, at) && each.trim() !== '');
      const text = lines.slice(next, after).map((each) => each.trim());
      blocks.push({ kind: 'paragraph', text: text.join(' ') });
      next = after;
    }
  }
  return blocks;
}

/** Index of the first line from `from` on that doesn't belong any more. */
function endOf(
  lines: readonly string[],
  from: number,
  belongs: (line: string, at: number) => boolean,
): number {
  let at = from;
  while (at < lines.length && belongs(lines[at]!, at)) at++;
  return at;
}

function beginsBlock(lines: readonly string[], at: number): boolean {
  const line = lines[at]!;
  return HEADING.test(line) || FENCE.test(line) || ITEM.test(line) || isTableAt(lines, at);
}

function isTableAt(lines: readonly string[], at: number): boolean {
  return lines[at]!.startsWith('|') && TABLE_RULE.test(lines[at + 1] ?? '');
}

/** A bar behind a backslash belongs to the cell. */
function cellsOf(row: string): string[] {
  return row
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** Up to the end, or to an item of the other kind. */
function parseList(lines: readonly string[], from: number): [Block, number] {
  const items: ListItem[] = [];
  const isOrdered = /^\d/.test(lines[from]!);
  let next = from;
  for (;;) {
    const [, marker, gap, first] = ITEM.exec(lines[next] ?? '') ?? [];
    if (marker === undefined || /^\d/.test(marker) !== isOrdered) break;
    const indent = marker.length + gap!.length;
    const after = endOf(lines, next + 1, (line, at) => belongsToItem(lines, line, at, indent));
    const body = lines.slice(next + 1, after).map((line) => line.replace(new RegExp(`^ {0,${indent}}`), ''));
    items.push({ marker: isOrdered ? marker : '-', blocks: parseLines([first!, ...body]) });
    // A blank line between two items is still one list.
    next = endOf(lines, after, (line) => line.trim() === '');
  }
  return [{ kind: 'list', items }, next];
}

/** Indented lines belong, also after a blank one; so do lines without indent that go on with a paragraph. */
function belongsToItem(lines: readonly string[], line: string, at: number, indent: number): boolean {
  const isIndented = line.startsWith(' '.repeat(indent));
  if (line.trim() === '') return (lines[at + 1] ?? '').startsWith(' '.repeat(indent));
  return isIndented || (lines[at - 1]!.trim() !== '' && !beginsBlock(lines, at));
}
