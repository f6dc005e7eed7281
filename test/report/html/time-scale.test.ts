import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pan, tickLabel, ticks, toMs, toX, zoom, type Span } from '../../../src/report/html/time-scale.ts';

const bounds: Span = { from: 0, to: 3_600_000 };
const span = fc
  .tuple(
    fc.double({ min: 0, max: 3_500_000, noNaN: true }),
    fc.double({ min: 0.01, max: 100_000, noNaN: true }),
  )
  .map(([from, length]) => ({ from, to: from + length }));

describe('zoom and pan', () => {
  it('never leave the bounds', () => {
    fc.assert(
      fc.property(
        span,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: -1e7, max: 1e7, noNaN: true }),
        (start, factor, by) => {
          for (const next of [zoom(start, factor, start.from, bounds), pan(start, by, bounds)]) {
            expect(next.from).toBeGreaterThanOrEqual(bounds.from);
            expect(next.to).toBeLessThanOrEqual(bounds.to + 1e-6);
            expect(next.to).toBeGreaterThan(next.from);
          }
        },
      ),
    );
  });

  it('keeps the moment under the pointer where it is', () => {
    const next = zoom({ from: 1000, to: 2000 }, 0.5, 1250, bounds);
    expect(next).toEqual({ from: 1125, to: 1625 });
    expect(toX(next, 1250, 800)).toBe(toX({ from: 1000, to: 2000 }, 1250, 800));
    expect(toMs(next, toX(next, 1300, 800), 800)).toBeCloseTo(1300);
  });

  it('shows everything at most', () => {
    expect(zoom({ from: 10, to: 20 }, 1e9, 15, bounds)).toEqual(bounds);
  });
});

describe('ticks', () => {
  it('stand apart, within the span, and never too many', () => {
    fc.assert(
      fc.property(span, fc.integer({ min: 50, max: 3000 }), (shown, width) => {
        const { step, at } = ticks(shown, width, 90);
        expect(at.length).toBeLessThanOrEqual(width / 90 + 1);
        for (const ms of at) {
          expect(ms).toBeGreaterThanOrEqual(shown.from - step / 1e6);
          expect(ms).toBeLessThanOrEqual(shown.to + step / 1e6);
        }
        expect((step / (shown.to - shown.from)) * width).toBeGreaterThanOrEqual(90 * 0.999);
      }),
    );
  });

  it('have different labels', () => {
    for (const to of [0.05, 3, 700, 5000, 61_000, 900_000, 7_200_000]) {
      const { step, at } = ticks({ from: -to / 10, to }, 1200, 90);
      const labels = at.map((ms) => tickLabel(ms, step));
      expect(new Set(labels).size, labels.join(' | ')).toBe(labels.length);
    }
  });

  it.each([
    [0, 10, '0'],
    [-0.2, 0.1, '−0.2 ms'],
    [250, 50, '250 ms'],
    [1500, 500, '1.5 s'],
    [60_000, 10_000, '1 min'],
    [61_500, 500, '1 min 1.5 s'],
  ])('label %d (step %d) as %s', (ms, step, label) => {
    expect(tickLabel(ms, step)).toBe(label);
  });
});
