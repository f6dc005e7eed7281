import { describe, expect, it } from 'vitest';
import { PendingBytes } from '../../src/capture/pending-bytes.ts';

describe('pending bytes', () => {
  it('takes no more than the target, and says where it stopped', () => {
    const pending = new PendingBytes();
    const chunk = Uint8Array.from({ length: 100 }, (_, i) => i);
    expect(pending.fill(chunk, 10, 4)).toBe(14);
    expect(pending.fill(chunk, 14, 4)).toBe(14);
    expect(pending.fill(chunk, 14, 60)).toBe(70);
    expect(pending.fill(chunk, 70, 1000)).toBe(100);
    expect([...pending.bytes.subarray(0, pending.length)]).toEqual(
      Array.from({ length: 90 }, (_, i) => i + 10),
    );
    pending.clear();
    expect(pending.length).toBe(0);
  });

  it('grows with the bytes that arrive, not with the target', () => {
    const pending = new PendingBytes();
    pending.fill(new Uint8Array(10), 0, 2 ** 31);
    expect(pending.bytes.length).toBeLessThan(10_000);
    for (let i = 0; i < 20_000; i++) pending.fill(Uint8Array.of(i), 0, 2 ** 31);
    expect(pending.length).toBe(20_010);
    expect(pending.bytes.length).toBeLessThan(40_020);
    expect(pending.bytes[20_009]).toBe(19_999 & 0xff);
  });
});
