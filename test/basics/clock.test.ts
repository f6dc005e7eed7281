import { describe, expect, it } from 'vitest';
import { clockOf, instantOf, parseTime } from '../../src/basics/clock.ts';

const AT = '2024-05-01T10:05:06.123456789Z';

describe('clock times', () => {
  it('are read as RFC 3339 or as a time of a day that is known later', () => {
    const read = (text: string) => {
      const given = parseTime(text);
      return given === null ? null : new Date(instantOf(given, AT)).toISOString();
    };
    expect(read('2024-05-01T12:05:06+02:00')).toBe('2024-05-01T10:05:06.000Z');
    expect(read('2024-05-01 10:05:06.5z')).toBe('2024-05-01T10:05:06.500Z');
    expect(read('10:05')).toBe('2024-05-01T10:05:00.000Z');
    expect(read('9:05:06.25')).toBe('2024-05-01T09:05:06.250Z');
    for (const wrong of ['', 'noon', '25:00', '10:60', '10', '2024-05-01', '2024-05-01T10:05:06']) {
      expect(read(wrong), wrong).toBe(null);
    }
  });

  it('are written in UTC, or as this computer has them', () => {
    expect(clockOf(AT)).toEqual({ day: '2024-05-01', time: '10:05:06.123', zone: 'UTC' });
    const local = clockOf(AT, true);
    expect(local.zone).toBe('local time');
    expect(local.time).toMatch(/^\d\d:\d5:06\.123$|^\d\d:\d\d:06\.123$/);
  });
});
