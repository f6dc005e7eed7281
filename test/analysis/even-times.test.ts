import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EvenTimes } from '../../src/analysis/even-times.ts';

/** Takes packets at these nanoseconds after the first. */
function after(nanoseconds: readonly number[]): EvenTimes {
  const times = new EvenTimes();
  for (const time of nanoseconds) times.take(Math.floor(time / 1e9), time % 1e9);
  return times;
}

function every(step: number, packets: number): number[] {
  return Array.from({ length: packets }, (_, index) => index * step);
}

describe('times of packets', () => {
  test.each([0, 1, 1000])('are invented where six packets are exactly %i ns apart', (step) => {
    expect(after(every(step, 5)).areInvented).toBe(false);
    expect(after(every(step, 6)).areInvented).toBe(true);
  });

  test('at another pace may be measured: somebody may send at it', () => {
    expect(after(every(1e9, 50)).areInvented).toBe(false);
  });

  test('are measured as soon as one spacing differs', () => {
    const times = after(every(1000, 50));
    expect(times.areInvented).toBe(true);
    expect(times.take(0, 50_001)).toBe(false);
    expect(times.areInvented).toBe(false);
  });

  test('are measured where they are anything but evenly spaced', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2e9), { minLength: 3, maxLength: 60 }), (steps) => {
        fc.pre(new Set(steps).size > 1);
        let time = 0;
        expect(after([0, ...steps.map((step) => (time += step))]).areInvented).toBe(false);
      }),
    );
  });
});
