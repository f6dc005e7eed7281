import { describe, expect, it } from 'vitest';
import { maxCapturedLength } from '../../src/capture/capture-limits.ts';

describe('the largest captured length', () => {
  it('is 256 KiB, or the snaplen where that is larger, up to 128 MiB', () => {
    expect(maxCapturedLength(0)).toBe(262_144);
    expect(maxCapturedLength(262_145)).toBe(262_145);
    expect(maxCapturedLength(0x7fffffff)).toBe(134_217_728);
  });
});
