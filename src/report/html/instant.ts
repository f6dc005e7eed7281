/** Times of the report (RFC 3339, nanoseconds) as numbers, and back. */
import { formatTimestamp, millisecondsBetween, type Timestamp } from '../../basics/timestamp.ts';

/** What stands on the clock counts, whatever its zone: all times of a report are of one. */
const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})(?:Z|[+-]\d\d:\d\d)$/;
/** What formatTimestamp writes for a time that Date can't show. */
const OTHER = /^(-?\d+)\.(\d{9})$/;

export function parseInstant(text: string): Timestamp {
  const [, date, fraction] = RFC3339.exec(text) ?? [];
  if (date !== undefined) return { seconds: Date.parse(`${date}Z`) / 1000, nanoseconds: Number(fraction) };
  const [, seconds, nanoseconds] = OTHER.exec(text) ?? [];
  return { seconds: Number(seconds ?? 0), nanoseconds: Number(nanoseconds ?? 0) };
}

/** Milliseconds from `start` to `text`. */
export function sinceStart(start: Timestamp, text: string): number {
  return millisecondsBetween(start, parseInstant(text));
}

/** How people call the zone of the report's times. */
export function zoneName(start: string): string {
  return start.endsWith('Z') ? 'UTC' : 'local time';
}

/** "10:00:00.123457": the time of day in UTC, to the microsecond, `ms` after `start`. */
export function clockTime(start: Timestamp, ms: number): string {
  const nanoseconds = start.nanoseconds + Math.round(ms * 1e6);
  const carried = Math.floor(nanoseconds / 1e9);
  const text = formatTimestamp({
    seconds: start.seconds + carried,
    nanoseconds: nanoseconds - carried * 1e9,
  });
  return RFC3339.test(text) ? text.slice(11, 26) : text;
}
