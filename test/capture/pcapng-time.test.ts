import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exactTime,
  remainingUnits,
  timestampResolution,
  wholeSeconds,
} from '../../src/capture/pcapng-time.ts';

const uint32 = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 1, 0xffff, 0x10000, 0xfffffffe, 0xffffffff));

describe('pcapng time', () => {
  it('divides exactly for every decimal resolution up to nanoseconds', () => {
    fc.assert(
      fc.property(uint32, uint32, fc.nat(9), (high, low, exponent) => {
        const { fastUnits } = timestampResolution(exponent);
        const count = (BigInt(high) << 32n) | BigInt(low);
        const units = 10n ** BigInt(exponent);
        const seconds = count / units;
        // Above 2^53 seconds the number of seconds itself is no longer exact, and no clock shows it.
        if (seconds < 2n ** 53n) expect(BigInt(wholeSeconds(high, low, fastUnits))).toBe(seconds);
        expect(BigInt(remainingUnits(high, low, fastUnits))).toBe(count % units);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [undefined, 'us'],
    [0, 's'],
    [3, 'ms'],
    [6, 'us'],
    [9, 'ns'],
    [7, '10^-7 s'],
    [12, '10^-12 s'],
    [0x80 + 10, '2^-10 s'],
    [0xff, '2^-127 s'],
  ])('names the resolution %s', (tsresol, label) => {
    expect(timestampResolution(tsresol).label).toBe(label);
  });

  it('takes finer and binary resolutions the exact way', () => {
    for (const tsresol of [10, 19, 0x7f, 0x80, 0x80 + 20, 0xff]) {
      expect(timestampResolution(tsresol).fastUnits).toBe(0);
    }
    expect(exactTime(0, 1536, timestampResolution(0x80 + 10).exactUnits)).toEqual([1, 500_000_000]);
    expect(exactTime(1, 0, timestampResolution(0x80 + 32).exactUnits)).toEqual([1, 0]);
    expect(exactTime(0xffffffff, 0xffffffff, timestampResolution(12).exactUnits)).toEqual([
      18_446_744, 73_709_551,
    ]);
  });

  it('orders resolutions by fineness', () => {
    const finer = (a: number, b: number) => timestampResolution(a).fineness > timestampResolution(b).fineness;
    expect(finer(9, 6)).toBe(true);
    expect(finer(0x80 + 20, 6)).toBe(true);
    expect(finer(0x80 + 19, 6)).toBe(false);
  });
});
