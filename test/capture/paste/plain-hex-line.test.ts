import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlainHexLine } from '../../../src/capture/paste/plain-hex-line.ts';

const shown = (bytes: readonly number[]) =>
  bytes.map((byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
const twoDigits = (bytes: readonly number[]) => bytes.map((byte) => byte.toString(16).padStart(2, '0'));

describe('a line of a hex dump without 0x', () => {
  it.each([
    ['tshark', '0010  0a 00 00 01 c3 50 1f 90 00 00 03 e8 00 00 00 00   .....P..........', '0010', 16],
    ['tshark, its last line', '0020  50 02 01 f6 00 00 00 00                           P.......', '0020', 8],
    [
      'hexdump -C',
      '00000000  d4 c3 b2 a1 02 00 04 00  00 00 00 00 00 00 00 00  |................|',
      '00000000',
      16,
    ],
    ['follow', '00000090  65 72 73 69 6f 6e 3a 20  31 33 0d 0a 0d 0a        ersion:  13....', '00000090', 14],
    ['xxd', '00000010: 0000 0000 ffff 0000 6500 0000 00f1 5365  ........e.....Se', '00000010', 16],
    ['od', '0000020 0a 00 00 01 c3 50 1f 90 00 00 03 e8 00 00 00 00', '0000020', 16],
    ['one byte', '0030  ff                                                .', '0030', 1],
    ['spaces that were lost', '0000 61 62 ab', '0000', 2],
  ])('is read as %s prints it', (_, line, offset, length) => {
    const found = parsePlainHexLine(line);
    expect(found?.offset).toBe(offset);
    expect(found?.bytes).toHaveLength(length);
  });

  it('is read whatever its bytes and its text look like', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 16 }),
        fc.boolean(),
        (bytes, isWide) => {
          const hex = twoDigits(bytes).join(' ');
          const text = shown(bytes);
          expect(parsePlainHexLine(`0010  ${isWide ? hex.padEnd(49) : `${hex} `} ${text}`)?.bytes).toEqual(
            bytes,
          );
        },
      ),
    );
  });

  it('is not read from prose', () => {
    for (const line of ['2023 was fine', 'beef and more', '0x0010:  4500', '0010', 'deadbeef', '1234 ab:cd'])
      expect(parsePlainHexLine(line)).toBeUndefined();
  });
});
