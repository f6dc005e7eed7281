import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Density } from '../../../src/connection/activity/density.ts';

const start = { seconds: 1000, nanoseconds: 0 };
const at = (ms: number) => ({
  seconds: 1000 + Math.floor(ms / 1000),
  nanoseconds: Math.round((ms % 1000) * 1e6),
});

describe('Density', () => {
  it('doubles its slices when they run out, and loses no frame', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1 }), (times) => {
        const density = new Density(start);
        for (const ms of times) density.add(ms % 2 === 0 ? 'client' : 'server', 'text', at(ms));
        const counts = density.counts();
        expect(counts.reduce((sum, { frames }) => sum + frames, 0)).toBe(times.length);
        const expected = new Map<string, number>();
        for (const ms of times) {
          const key = `${Math.floor(ms / density.sliceMs)} ${ms % 2 === 0 ? 'client' : 'server'}`;
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        expect(new Map(counts.map(({ slice, from, frames }) => [`${slice} ${from}`, frames]))).toEqual(
          expected,
        );
        expect(Math.max(...counts.map(({ slice }) => slice))).toBeLessThan(48);
      }),
    );
  });

  it('counts what the clock puts before the start as the first slice', () => {
    const density = new Density(start);
    density.add('client', 'ping', { seconds: 990, nanoseconds: 0 });
    expect(density.counts()).toEqual([{ slice: 0, from: 'client', opcode: 'ping', frames: 1 }]);
  });
});
