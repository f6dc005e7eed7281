import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/report/display-width.ts';

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['plain ASCII', 11],
    ['✖ → ↑ … ─', 9],
    ['例え', 4],
    ['ｆｕｌｌ', 8],
    ['한글', 4],
    ['한글'.normalize('NFD'), 4],
    ['e\u0301', 1],
    ['💥', 2],
    ['👍🏽', 2],
    ['🇩🇪', 2],
    ['𠀋', 2],
    ['\u001b[31m\u001b[1mred\u001b[22m\u001b[39m', 3],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});
