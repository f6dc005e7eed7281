import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAscii } from '../../src/websocket/ascii.ts';

/** Byte by byte, as RFC 6455 §5.3 writes it. */
function isAsciiPlainly(bytes: Uint8Array, start: number, end: number, mask: number, index: number): boolean {
  const key = [24, 16, 8, 0].map((shift) => (mask >>> shift) & 0xff);
  return bytes.subarray(start, end).every((byte, at) => (byte ^ key[(index + at) & 3]!) < 0x80);
}

/** ASCII that was masked, so that the answer is not always no, with at most one other byte in it. */
const cases = fc
  .record({
    text: fc.uint8Array({ max: 0x7f, maxLength: 90 }),
    wrong: fc.option(fc.record({ at: fc.nat(89), byte: fc.integer({ min: 0x80, max: 0xff }) }), {
      nil: null,
    }),
    before: fc.nat(9),
    after: fc.nat(9),
    byteOffset: fc.nat(7),
    mask: fc.oneof(fc.constantFrom(0, -1, 0x01020304, -0x7f7f7f80), fc.integer()),
    index: fc.nat(9),
  })
  .map(({ text, wrong, before, after, byteOffset, mask, index }) => {
    if (wrong !== null && wrong.at < text.length) text[wrong.at] = wrong.byte;
    const buffer = new ArrayBuffer(byteOffset + before + text.length + after);
    const bytes = new Uint8Array(buffer, byteOffset).fill(0xff);
    text.forEach((byte, at) => {
      bytes[before + at] = byte ^ (mask >>> (24 - 8 * ((index + at) & 3)));
    });
    return { bytes, start: before, end: before + text.length, mask, index };
  });

describe('bytes are ASCII', () => {
  test('wherever they stand in memory, and whatever byte of the key is for the first', () => {
    fc.assert(
      fc.property(cases, ({ bytes, start, end, mask, index }) => {
        expect(isAscii(bytes, start, end, mask, index)).toBe(isAsciiPlainly(bytes, start, end, mask, index));
      }),
      { numRuns: 1000 },
    );
  });

  test('or not, at each place of a long text', () => {
    const bytes = new Uint8Array(64).fill(0x61);
    expect(isAscii(bytes, 0, 64, 0, 0)).toBe(true);
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = 0xc3;
      expect(isAscii(bytes, 0, 64, 0, 0)).toBe(false);
      expect(isAscii(bytes, at + 1, 64, 0, 0)).toBe(true);
      bytes[at] = 0x61;
    }
  });

  test('by their values now, not when the buffer was seen first', () => {
    const bytes = new Uint8Array(32).fill(0x61);
    expect(isAscii(bytes, 0, 32, 0, 0)).toBe(true);
    bytes.fill(0xe2);
    expect(isAscii(bytes, 0, 32, 0, 0)).toBe(false);
  });
});
