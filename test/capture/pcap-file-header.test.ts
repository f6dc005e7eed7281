import { describe, expect, it } from 'vitest';
import { CaptureError } from '../../src/capture/capture-error.ts';
import { parsePcapFileHeader, pcapMagic } from '../../src/capture/pcap-file-header.ts';
import { hex, pcapHeader } from '../helpers/pcap-builder.ts';

describe('pcap file header', () => {
  it.each([
    ['d4c3b2a1', true, 0xa1b2c3d4],
    ['a1b2c3d4', false, 0xa1b2c3d4],
    ['4d3cb2a1', true, 0xa1b23c4d],
    ['a1b23c4d', false, 0xa1b23c4d],
    ['34cdb2a1', true, 0xa1b2cd34],
    ['a1b2cd34', false, 0xa1b2cd34],
  ])('knows the magic %s', (bytes, littleEndian, magic) => {
    expect(pcapMagic(hex(bytes))).toEqual({ littleEndian, magic });
  });

  it('knows no other magic, and none in fewer than four bytes', () => {
    expect(pcapMagic(hex('0a0d0d0a'))).toBeUndefined();
    expect(pcapMagic(hex('d4c3b2'))).toBeUndefined();
  });

  it('leaves FCS length and flags out of the link type', () => {
    expect(parsePcapFileHeader(pcapHeader({ linkType: 0x54000001 }), 'x').linkType).toBe(1);
    expect(parsePcapFileHeader(pcapHeader({ linkType: 276, littleEndian: false }), 'x').linkType).toBe(276);
  });

  it('believes captured lengths up to 256 KiB or the snaplen, at most 128 MiB', () => {
    const bound = (snaplen: number) => parsePcapFileHeader(pcapHeader({ snaplen }), 'x').maxCaptured;
    expect(bound(0)).toBe(262_144);
    expect(bound(96)).toBe(262_144);
    expect(bound(300_000)).toBe(300_000);
    expect(bound(0xffffffff)).toBe(128 * 1024 * 1024);
  });

  it('accepts any version 2.x and refuses others', () => {
    expect(parsePcapFileHeader(pcapHeader({ version: [2, 5] }), 'x').lengthOrder).toBe('captured-first');
    expect(parsePcapFileHeader(pcapHeader({ version: [2, 3] }), 'x').lengthOrder).toBe('either');
    expect(parsePcapFileHeader(pcapHeader({ version: [2, 1] }), 'x').lengthOrder).toBe('original-first');
    expect(parsePcapFileHeader(pcapHeader({ version: [543, 0] }), 'x').lengthOrder).toBe('original-first');
    expect(() => parsePcapFileHeader(pcapHeader({ version: [3, 0] }), 'x')).toThrow(CaptureError);
  });
});
