/**
 * pcapng timestamps: a 64-bit count of units whose size the interface declares (if_tsresol), as two 32-bit halves.
 * https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/ §4.2 (if_tsresol, if_tsoffset), §4.3
 *
 * The count is divided by the units per second without ever making a number above 2^53, so the result is exact.
 */

const BINARY_RESOLUTION_FLAG = 0x80;
const EXPONENT_MASK = 0x7f;
const DEFAULT_DECIMAL_EXPONENT = 6;
/** Up to nanoseconds the fast division below is exact; finer and binary resolutions need {@link exactTime}. */
const MAX_FAST_DECIMAL_EXPONENT = 9;

const TWO_32 = 0x1_0000_0000;
const TWO_16 = 0x1_0000;
const NANOSECONDS_PER_SECOND = 1_000_000_000;

export interface TimestampResolution {
  /** Units per second if the fast division is exact, otherwise 0. */
  readonly fastUnits: number;
  /** Nanoseconds per unit of `fastUnits`. */
  readonly nanosecondsPerUnit: number;
  /** Units per second if it isn't. */
  readonly exactUnits: bigint;
  /** "s", "ms", "us", "ns", "10^-n s" or "2^-n s". */
  readonly label: string;
  /** Number of decimal digits after the second, for finding the finest of several. */
  readonly fineness: number;
}

const DECIMAL_LABELS: ReadonlyMap<number, string> = new Map([
  [0, 's'],
  [3, 'ms'],
  [6, 'us'],
  [9, 'ns'],
]);

/** @param tsresol the option's byte, or undefined where the interface doesn't have it (microseconds) */
export function timestampResolution(tsresol: number | undefined): TimestampResolution {
  const value = tsresol ?? DEFAULT_DECIMAL_EXPONENT;
  const exponent = value & EXPONENT_MASK;
  if ((value & BINARY_RESOLUTION_FLAG) !== 0) {
    return {
      fastUnits: 0,
      nanosecondsPerUnit: 0,
      exactUnits: 2n ** BigInt(exponent),
      label: `2^-${exponent} s`,
      fineness: exponent * Math.log10(2),
    };
  }
  const isFast = exponent <= MAX_FAST_DECIMAL_EXPONENT;
  return {
    fastUnits: isFast ? 10 ** exponent : 0,
    nanosecondsPerUnit: isFast ? 10 ** (MAX_FAST_DECIMAL_EXPONENT - exponent) : 0,
    exactUnits: isFast ? 0n : 10n ** BigInt(exponent),
    label: DECIMAL_LABELS.get(exponent) ?? `10^-${exponent} s`,
    fineness: exponent,
  };
}

/**
 * HOT. Divides high * 2^32 + low by `units` (at most 10^9) in base 2^16, as on paper: every intermediate is below
 * 10^9 * 2^16 < 2^46. Returns the whole seconds and leaves the rest, in units, to {@link remainingUnits}.
 */
export function wholeSeconds(high: number, low: number, units: number): number {
  const rest = high % units;
  const upper = rest * TWO_16 + (low >>> 16);
  const upperQuotient = Math.floor(upper / units);
  const lower = (upper - upperQuotient * units) * TWO_16 + (low & 0xffff);
  return ((high - rest) / units) * TWO_32 + upperQuotient * TWO_16 + Math.floor(lower / units);
}

/** HOT. The remainder of the same division. */
export function remainingUnits(high: number, low: number, units: number): number {
  const upper = ((high % units) * TWO_16 + (low >>> 16)) % units;
  return (upper * TWO_16 + (low & 0xffff)) % units;
}

/** For any resolution, rounded down to the nanosecond. Slow, and rare in the wild. */
export function exactTime(high: number, low: number, units: bigint): [seconds: number, nanoseconds: number] {
  const count = (BigInt(high) << 32n) | BigInt(low);
  const seconds = count / units;
  return [Number(seconds), Number(((count - seconds * units) * BigInt(NANOSECONDS_PER_SECOND)) / units)];
}
