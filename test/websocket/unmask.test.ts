import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unmask, UNMASK_CHUNK } from '../../src/websocket/unmask.ts';
import { hex } from '../helpers/pcap-builder.ts';

/** RFC 6455 §5.3, to the letter. */
function naive(bytes: Uint8Array, mask: number, index: number): Uint8Array {
  const key = [24, 16, 8, 0].map((shift) => (mask >>> shift) & 255);
  return bytes.map((byte, i) => byte ^ key[(index + i) % 4]!);
}

test('the example of RFC 6455 §5.7', () => {
  const masked = hex('7f9f4d5158');
  expect(Buffer.from(unmask(masked, 0, 5, 0x37fa213d, 0).subarray(0, 5)).toString()).toBe('Hello');
});

test('any bytes anywhere in a buffer, at any place of the payload, as a loop does it', () => {
  const lengths = fc.oneof(
    fc.nat(70),
    fc.constantFrom(47, 48, 49, 127, 1448, UNMASK_CHUNK - 1, UNMASK_CHUNK),
  );
  fc.assert(
    fc.property(
      lengths,
      fc.nat(9),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      fc.oneof(fc.nat(9), fc.integer({ min: 2 ** 31 - 5, max: 2 ** 31 - 1 })),
      fc.nat(255),
      (length, start, mask, index, seed) => {
        const buffer = Uint8Array.from({ length: start + length + 5 }, (_, i) => (i * 31 + seed) & 255);
        const before = buffer.slice();
        const end = start + length;
        const result = unmask(buffer, start, end, mask, index).slice(0, length);
        expect(Buffer.compare(result, naive(before.subarray(start, end), mask, index))).toBe(0);
        // Evidence stays what was captured.
        expect(Buffer.compare(buffer, before)).toBe(0);
      },
    ),
    { numRuns: 400 },
  );
});

test('in pieces it gives what it gives as a whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(2 ** 31 - 1), fc.nat(300), (bytes, mask, cut) => {
      const at = Math.min(cut, bytes.length);
      const first = unmask(bytes, 0, at, mask, 0).slice(0, at);
      const rest = unmask(bytes, at, bytes.length, mask, at).slice(0, bytes.length - at);
      expect([...first, ...rest]).toEqual([...naive(bytes, mask, 0)]);
    }),
  );
});
