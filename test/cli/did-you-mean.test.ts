import { describe, expect, it } from 'vitest';
import { closestTo } from '../../src/cli/did-you-mean.ts';

const OPTIONS = ['format', 'output', 'fail-on', 'window', 'all', 'version'];

describe('closestTo', () => {
  it.each([
    ['formt', 'format'],
    ['fromat', 'format'],
    ['Windows', 'window'],
    ['failon', 'fail-on'],
    ['al', 'all'],
    ['verbose', undefined],
    ['x', undefined],
    ['x'.repeat(10_000), undefined],
  ])('finds for %s: %s', (word, expected) => {
    expect(closestTo(word, OPTIONS)).toBe(expected);
  });
});
