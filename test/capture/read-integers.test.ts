import { describe, expect, it } from 'vitest';
import { readUint16, readUint32 } from '../../src/capture/read-integers.ts';
import { hex } from '../helpers/pcap-builder.ts';

describe('integers', () => {
  const bytes = hex('00 ff fe fd fc');

  it('are read in both byte orders, never negative', () => {
    expect(readUint16(bytes, 1, true)).toBe(0xfeff);
    expect(readUint16(bytes, 1, false)).toBe(0xfffe);
    expect(readUint32(bytes, 1, true)).toBe(0xfcfdfeff);
    expect(readUint32(bytes, 1, false)).toBe(0xfffefdfc);
  });
});
