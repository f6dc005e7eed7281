/** Draws the blocks of a page for a terminal: wrapped, indented below its headings. */
import { cutMiddle } from '../../report/fit-text.ts';
import type { Theme } from '../../report/terminal/theme.ts';
import type { Block, ListItem } from './markdown-blocks.ts';
import { inlineLines } from './markdown-inline.ts';
import { tableLines } from './markdown-table.ts';

const INDENT = '  ';

/** Everything but headings is indented; a heading has a blank line before it, and none behind it. */
export function renderBlocks(blocks: readonly Block[], theme: Theme, width: number): string[] {
  return blocks.flatMap((block, i) => {
    if (block.kind === 'heading') {
      return [...(i === 0 ? [] : ['']), ...inlineLines(block.text, theme, width).map(theme.strong)];
    }
    const isFirst = i === 0 || blocks[i - 1]!.kind === 'heading';
    const lines = blockLines(block, theme, width - INDENT.length);
    return [...(isFirst ? [] : ['']), ...indented(lines, INDENT)];
  });
}

function blockLines(block: Block, theme: Theme, width: number): string[] {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return inlineLines(block.text, theme, width);
    case 'list':
      return block.items.flatMap((item) => itemLines(item, theme, width));
    case 'table':
      return tableLines(block.rows, theme, width);
    case 'code':
      return block.lines.map((line) => theme.code(cutMiddle(theme.safe(line), width, theme.ellipsis)));
  }
}

function itemLines({ marker, blocks }: ListItem, theme: Theme, width: number): string[] {
  const hang = ' '.repeat(marker.length + 1);
  const lines = blocks.flatMap((block, i) => [
    ...(i === 0 || block.kind === 'list' ? [] : ['']),
    ...blockLines(block, theme, width - hang.length),
  ]);
  const [first = '', ...rest] = lines;
  return [`${marker} ${first}`, ...indented(rest, hang)];
}

function indented(lines: readonly string[], indent: string): string[] {
  return lines.map((line) => (line === '' ? '' : indent + line));
}
