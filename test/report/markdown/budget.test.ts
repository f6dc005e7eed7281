import { describe, expect, it } from 'vitest';
import { fit, type Piece } from '../../../src/report/markdown/budget.ts';

function piece(importance: number, text: string, name = 'diagram'): Piece {
  return { importance, label: [name, `${name}s`], text };
}

describe('fit', () => {
  it('keeps the order of the document, whatever is important', () => {
    const { text, leftOut } = fit([piece(2, 'first'), piece(0, 'second'), piece(1, 'third')], 1000);
    expect(text).toBe('first\n\nsecond\n\nthird');
    expect(leftOut).toEqual([]);
  });

  it('leaves out the least important, and counts what it was', () => {
    const long = 'x'.repeat(50);
    const { text, leftOut } = fit(
      [piece(3, long), piece(1, long.toUpperCase()), piece(2, long), piece(4, long, 'table')],
      60,
    );
    expect(text).toBe(long.toUpperCase());
    expect(leftOut).toEqual([
      { label: ['diagram', 'diagrams'], count: 2 },
      { label: ['table', 'tables'], count: 1 },
    ]);
  });

  it('takes a small piece where a larger one before it does not fit', () => {
    expect(fit([piece(1, 'x'.repeat(50)), piece(2, 'small')], 20).text).toBe('small');
  });

  it('always keeps what has the importance 0', () => {
    expect(fit([piece(0, 'x'.repeat(50))], 10).text).toHaveLength(50);
  });

  it('draws a fold around its pieces, and none around nothing', () => {
    const fold = { summary: 'more', open: false, pieces: [piece(1, 'one'), piece(2, 'two')] };
    expect(fit([fold], 1000).text).toBe('<details>\n<summary>more</summary>\n\none\n\ntwo\n\n</details>');
    expect(fit([fold], 10).text).toBe('');
  });

  it('counts the frame of a fold', () => {
    const fold = () => ({ summary: 's', open: true, pieces: ['a', 'b', 'c'].map((text) => piece(1, text)) });
    for (let room = 0; room < 100; room++)
      expect(fit([fold(), fold()], room).text.length).toBeLessThanOrEqual(room);
  });
});
