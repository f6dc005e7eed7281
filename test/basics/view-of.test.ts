import { describe, expect, it } from 'vitest';
import { viewOf } from '../../src/basics/view-of.ts';

describe('a view of bytes', () => {
  const memory = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

  it('begins and ends where the bytes do, not where their memory does', () => {
    const view = viewOf(memory.subarray(2, 6));
    expect([view.getUint16(0), view.getUint16(2), view.byteLength]).toEqual([0x0304, 0x0506, 4]);
    expect(() => view.getUint16(3)).toThrow(RangeError);
  });

  it('is the same as long as the same bytes are asked for, and shows what is written to them', () => {
    const bytes = memory.slice();
    const view = viewOf(bytes);
    bytes[0] = 0xff;
    expect(viewOf(bytes)).toBe(view);
    expect(view.getUint8(0)).toBe(0xff);
  });

  it('is a different view for other bytes, even of the same memory', () => {
    const bytes = memory.slice();
    const first = viewOf(bytes);
    expect(viewOf(bytes.subarray(1)).getUint8(0)).toBe(2);
    expect(viewOf(bytes)).not.toBe(first);
    expect(viewOf(bytes).getUint8(0)).toBe(1);
  });

  it('is one of a Buffer as well', () => {
    expect(viewOf(Buffer.from('ab')).getUint16(0)).toBe(0x6162);
  });
});
