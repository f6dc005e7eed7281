import { describe, expect, it } from 'vitest';
import { parseMarkdown } from '../../../src/cli/explain/markdown-blocks.ts';

const paragraph = (text: string) => ({ kind: 'paragraph', text });

describe('parseMarkdown', () => {
  it('parts headings and paragraphs, whose lines it joins', () => {
    expect(parseMarkdown('# a\n\nb\nc\n\n\nd\n## e\nf')).toEqual([
      { kind: 'heading', level: 1, text: 'a' },
      paragraph('b c'),
      paragraph('d'),
      { kind: 'heading', level: 2, text: 'e' },
      paragraph('f'),
    ]);
  });

  it('reads lists: items that go on, with and without an indent or a blank line', () => {
    expect(parseMarkdown('- a\n  b\nc\n\n- d\n\n  e\n\nf')).toEqual([
      {
        kind: 'list',
        items: [
          { marker: '-', blocks: [paragraph('a b c')] },
          { marker: '-', blocks: [paragraph('d'), paragraph('e')] },
        ],
      },
      paragraph('f'),
    ]);
  });

  it('reads numbered lists, and lists in lists', () => {
    expect(parseMarkdown('1. a\n   - b\n2. c')).toEqual([
      {
        kind: 'list',
        items: [
          {
            marker: '1.',
            blocks: [paragraph('a'), { kind: 'list', items: [{ marker: '-', blocks: [paragraph('b')] }] }],
          },
          { marker: '2.', blocks: [paragraph('c')] },
        ],
      },
    ]);
  });

  it('reads tables, with bars inside of cells', () => {
    expect(parseMarkdown('a\n\n| h | i |\n| --- | :-: |\n| x \\| y | |\n\nb')).toEqual([
      paragraph('a'),
      {
        kind: 'table',
        rows: [
          ['h', 'i'],
          ['x | y', ''],
        ],
      },
      paragraph('b'),
    ]);
  });

  it('leaves fenced code as it is', () => {
    expect(parseMarkdown('a\n```sh\n- b\n\n# c\n```\nd')).toEqual([
      paragraph('a'),
      { kind: 'code', lines: ['- b', '', '# c'] },
      paragraph('d'),
    ]);
  });

  it('drops comments', () => {
    expect(parseMarkdown('<!-- a\n\nb -->\nc')).toEqual([paragraph('c')]);
  });
});
