import { describe, expect, it } from 'vitest';
import { parseMarkdown } from '../../../src/cli/explain/markdown-blocks.ts';
import { renderBlocks } from '../../../src/cli/explain/render-markdown.ts';
import { createTheme } from '../../../src/report/terminal/theme.ts';

const plain = createTheme({ color: false, ascii: false });
const colored = createTheme({ color: true, ascii: false });

const draw = (text: string, width = 40, theme = plain): string =>
  renderBlocks(parseMarkdown(text), theme, width).join('\n');

describe('renderBlocks', () => {
  it('indents what is below a heading, and hangs lists', () => {
    expect(
      draw(
        '## Head\n\nSome words that wrap.\n\n- one two three four\n- five\n\n10. ten eleven\n\n## Next\n\nx',
        16,
      ),
    ).toBe(
      [
        'Head',
        '  Some words',
        '  that wrap.',
        '',
        '  - one two',
        '    three four',
        '  - five',
        '',
        '  10. ten eleven',
        '',
        'Next',
        '  x',
      ].join('\n'),
    );
  });

  it('puts a table in columns, and wraps in the widest', () => {
    expect(draw('| a | b |\n| --- | --- |\n| one | two three four five six |\n| x | y |', 28)).toBe(
      [
        '  a    b',
        '  ───  ─────────────────────',
        '  one  two three four five',
        '       six',
        '  x    y',
      ].join('\n'),
    );
  });

  it('stacks a table that is too narrow for columns', () => {
    expect(
      draw('| a | b |\n| --- | --- |\n| one two three four | five six seven eight |', 24).split('\n'),
    ).toEqual(['  one two three four', '    five six seven eight']);
  });

  it('says without colour what is code, and where links lead', () => {
    expect(
      draw('**Bold** `co de` *it* [page](page.md) [site](https://a.example/) <https://b.example> a\\*b', 80),
    ).toBe('  Bold `co de` it page site (https://a.example/) https://b.example a*b');
  });

  it('paints word by word, so that a line break ends no colour', () => {
    expect(draw('`a b` **c `d`**', 80, colored)).toBe(
      '  \u001b[36ma\u001b[39m \u001b[36mb\u001b[39m \u001b[1mc\u001b[22m \u001b[36md\u001b[39m',
    );
    // A word that is broken has no colour at all.
    expect(draw('`0123456789`', 7, colored)).toBe('  01234\n  56789');
  });

  it('lets nothing through that a terminal obeys', () => {
    expect(draw('a\u001b[2Jb `\u202e`')).toBe('  a\\x1b[2Jb `\\u{202e}`');
  });
});
