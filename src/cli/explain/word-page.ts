/** A close code, a status, a note or a verdict for a terminal: what it is called, what it means, what to do. */
import type { Theme } from '../../report/terminal/theme.ts';
import { inlineLines } from './markdown-inline.ts';
import type { Word } from './words.ts';

const INDENT = '  ';

/** @param asked the number that was asked for, where the word is a range of them */
export function wordPageLines(word: Word, asked: string, theme: Theme, width: number): string[] {
  const { kind, name, title, means, next } = word;
  const range = asked === name ? '' : `, one of ${name}`;
  const head = `${theme.strong(asked)}${title === '' ? '' : ` ${theme.safe(title)}`} (${kind}${range})`;
  const room = width - INDENT.length;
  return [
    head,
    ...inlineLines(sentence(kind === 'verdict' ? `The connection ${means}` : means), theme, room).map(indent),
    ...(next === '' ? [] : [...inlineLines(`${theme.own('→')} ${sentence(next)}`, theme, room).map(indent)]),
  ];
}

/** Table cells have no capital and no full stop. */
function sentence(cell: string): string {
  return `${cell.charAt(0).toUpperCase()}${cell.slice(1)}${/[.!?]$/.test(cell) ? '' : '.'}`;
}

function indent(line: string): string {
  return INDENT + line;
}
