import { describe, expect, it } from 'vitest';
import { countOf, formatBytes, formatCount, listOf } from '../../src/report/format-count.ts';

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
  ])('writes %i as %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });
});

describe('countOf', () => {
  it('knows one from many', () => {
    expect(countOf(1, 'packet')).toBe('1 packet');
    expect(countOf(0, 'packet')).toBe('0 packets');
    expect(countOf(2, 'info', 'infos')).toBe('2 infos');
  });
});

describe('formatBytes', () => {
  it.each([
    [734, '734 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [12_345, '12 kB'],
    [999_600, '1.0 MB'],
    [1_500_000_000, '1.5 GB'],
  ])('writes %i as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('listOf', () => {
  it('reads as a sentence does', () => {
    expect(listOf([])).toBe('');
    expect(listOf(['a'])).toBe('a');
    expect(listOf(['a', 'b'])).toBe('a and b');
    expect(listOf(['a', 'b', 'c'])).toBe('a, b and c');
  });

  it('counts what is beyond the limit', () => {
    expect(listOf(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  });
});
