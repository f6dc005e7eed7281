/** Clock times of a report as its formats print them, beside the offsets. */
import { clockOf } from '../basics/clock.ts';
import type { CaptureReport, Report } from './model.ts';

/** Turns a time of the report into "10:00:00.123 UTC"; null where the capture's packets have no clock time. */
export type ClockText = (rfc3339: string) => string | null;

const NO_CLOCK: ReadonlySet<string> = new Set(['no-timestamp', 'relative-time']);
const ANY_ZONE: ReadonlySet<string> = new Set(['no-date', 'local-time']);

export function clockTextOf({ captures }: Pick<Report, 'captures'>): ClockText {
  const has = (codes: ReadonlySet<string>) => captures.some((capture) => hasNote(capture, codes));
  if (has(NO_CLOCK)) return () => null;
  const isAnyZone = has(ANY_ZONE);
  return (rfc3339) => {
    if (!/^\d{4}-\d\d-\d\dT/.test(rfc3339)) return null;
    const { time } = clockOf(rfc3339);
    if (isAnyZone) return time;
    return `${time} ${rfc3339.endsWith('Z') ? 'UTC' : 'local time'}`;
  };
}

function hasNote({ notes }: CaptureReport, codes: ReadonlySet<string>): boolean {
  return notes.some(({ code }) => codes.has(code));
}
