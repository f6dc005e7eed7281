/** Clock times: RFC 3339 in UTC, as reports have them, as people read and write them. */

export interface ClockTime {
  /** "2024-05-01". */
  readonly day: string;
  /** "10:00:00.123". */
  readonly time: string;
  /** "UTC", or "local time". */
  readonly zone: string;
}

const MILLISECONDS = 3;

/** @param isLocal as a clock on this computer's wall; by default UTC */
export function clockOf(rfc3339: string, isLocal = false): ClockTime {
  if (!isLocal) return { day: rfc3339.slice(0, 10), time: rfc3339.slice(11, 23), zone: 'UTC' };
  const date = new Date(rfc3339.slice(0, 23) + 'Z');
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return {
    day,
    time: `${time}.${String(date.getMilliseconds()).padStart(MILLISECONDS, '0')}`,
    zone: 'local time',
  };
}

/** A moment that a user gave: in full, or as a time of a day that is known later. */
export type GivenTime =
  | { readonly kind: 'instant'; readonly ms: number }
  /** Milliseconds since midnight, UTC. */
  | { readonly kind: 'clock'; readonly ms: number };

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** null where the text is neither RFC 3339 nor a clock time. */
export function parseTime(text: string): GivenTime | null {
  const clock = CLOCK.exec(text);
  if (clock !== null) {
    const [hours = 0, minutes = 0, seconds = 0] = clock
      .slice(1, 4)
      .map((part: string | undefined) => Number(part ?? 0));
    if (hours > 23 || minutes > 59 || seconds > 60) return null;
    const fraction = Number(`0.${clock[4] ?? '0'}`);
    return { kind: 'clock', ms: ((hours * 60 + minutes) * 60 + seconds + fraction) * 1000 };
  }
  const ms = RFC_3339.test(text) ? Date.parse(text.replace(' ', 'T').toUpperCase()) : NaN;
  return Number.isNaN(ms) ? null : { kind: 'instant', ms };
}

/** As milliseconds since 1970. @param firstDay RFC 3339 of the day that a clock time is meant of */
export function instantOf(given: GivenTime, firstDay: string): number {
  return given.kind === 'instant' ? given.ms : Date.parse(`${firstDay.slice(0, 10)}T00:00:00Z`) + given.ms;
}
