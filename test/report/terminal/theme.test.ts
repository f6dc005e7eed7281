import { describe, expect, it } from 'vitest';
import { createTheme } from '../../../src/report/terminal/theme.ts';
import type { Mark } from '../../../src/report/terminal/theme.ts';

const MARKS: readonly Mark[] = ['error', 'warning', 'info', 'clean', 'neutral'];

describe('createTheme', () => {
  it('paints nothing without colour', () => {
    const theme = createTheme({ color: false, ascii: false });
    expect([theme.strong('a'), theme.faint('b'), theme.colored('error', 'c'), theme.symbol('error')]).toEqual(
      ['a', 'b', 'c', '✖'],
    );
  });

  it('paints even where standard output is not a terminal: the caller has decided', () => {
    const theme = createTheme({ color: true, ascii: false });
    expect(theme.colored('error', 'c')).toBe('\u001b[31m\u001b[1mc\u001b[22m\u001b[39m');
  });

  it('uses neither blue nor white nor black, which some background swallows', () => {
    const theme = createTheme({ color: true, ascii: false });
    const painted = MARKS.flatMap((mark) => [theme.symbol(mark), theme.colored(mark, 'word')]).join('');
    expect(painted).not.toMatch(/\u001b\[(3[047]|9[047]|4\d)m/);
  });

  it('has a symbol of its own for each mark, in ASCII too', () => {
    for (const ascii of [false, true]) {
      const theme = createTheme({ color: false, ascii });
      const symbols = MARKS.map((mark) => theme.symbol(mark));
      expect(new Set(symbols).size).toBe(MARKS.length);
      if (ascii) expect(symbols.join('')).toMatch(/^[\x20-\x7e]+$/);
    }
  });
});
