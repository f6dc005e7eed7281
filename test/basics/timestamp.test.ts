import { describe, expect, test } from 'vitest';
import { formatTimestamp, millisecondsBetween } from '../../src/basics/timestamp.ts';

const at = (seconds: number, nanoseconds: number) => ({ seconds, nanoseconds });

describe('millisecondsBetween', () => {
  test.each([
    [at(1_767_225_600, 0), at(1_767_225_600, 657_000), 0.657],
    [at(1_767_225_600, 999_999_999), at(1_767_225_601, 0), 0.000001],
    [at(1_767_225_600, 60_810_000), at(1_767_225_600, 160_810_000), 100],
    [at(0, 0), at(86_400, 1), 86_400_000.000001],
    [at(10, 5), at(5, 5), -5000],
    [at(7, 7), at(7, 7), 0],
  ])('%j to %j is %d', (earlier, later, milliseconds) => {
    expect(millisecondsBetween(earlier, later)).toBe(milliseconds);
  });
});

describe('formatTimestamp', () => {
  test.each([
    [at(0, 0), '1970-01-01T00:00:00.000000000Z'],
    [at(1_795_412_775, 60_810_000), '2026-11-23T05:46:15.060810000Z'],
    [at(1_795_412_775, 1), '2026-11-23T05:46:15.000000001Z'],
    [at(-1, 999_999_999), '1969-12-31T23:59:59.999999999Z'],
    [at(4_294_967_295, 999_999_999), '2106-02-07T06:28:15.999999999Z'],
  ])('%j is %s', (time, text) => {
    expect(formatTimestamp(time)).toBe(text);
    expect(formatTimestamp(time)).toBe(text);
  });

  test('a time beyond all calendars stays a number', () => {
    expect(formatTimestamp(at(1e15, 5))).toBe('1000000000000000.000000005');
    expect(formatTimestamp(at(0, 0))).toBe('1970-01-01T00:00:00.000000000Z');
  });
});
