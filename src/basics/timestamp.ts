/** A point in time, exact to the nanosecond (a float64 of epoch nanoseconds is not). */
export interface Timestamp {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
}

/**
 * `later - earlier` in milliseconds, exact to the nanosecond for spans below 104 days. Negative where `later` came first:
 * a rule that tells an order asks for it.
 */
export function millisecondsBetween(earlier: Timestamp, later: Timestamp): number {
  const nanoseconds = (later.seconds - earlier.seconds) * 1e9 + (later.nanoseconds - earlier.nanoseconds);
  return nanoseconds / 1e6;
}

/** The second that was formatted last: most times of a report are in the same second as the one before. */
let lastSeconds = NaN;
let lastText = '';

/** RFC 3339 in UTC with nanoseconds: `2026-11-23T05:46:15.060810000Z`. */
export function formatTimestamp({ seconds, nanoseconds }: Timestamp): string {
  const fraction = String(nanoseconds).padStart(9, '0');
  if (seconds !== lastSeconds) {
    const date = new Date(seconds * 1000);
    // A hostile capture may hold a time outside what Date can show.
    if (Number.isNaN(date.getTime())) return `${seconds}.${fraction}`;
    lastSeconds = seconds;
    lastText = date.toISOString().slice(0, -5);
  }
  return `${lastText}.${fraction}Z`;
}
