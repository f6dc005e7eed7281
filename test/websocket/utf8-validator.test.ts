import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Utf8Validator } from '../../src/websocket/utf8-validator.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';

/** Pushes the pieces, each inside a larger buffer of other bytes. */
function isComplete(pieces: readonly Uint8Array[], validator = new Utf8Validator()): boolean {
  for (const piece of pieces) {
    const around = new Uint8Array(piece.length + 6).fill(0x9f);
    around.set(piece, 3);
    validator.push(around, 3, 3 + piece.length);
    around.fill(0xff);
  }
  return validator.isComplete;
}

/** What the platform says of the whole. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const byteByByte = (bytes: Uint8Array) => [...bytes].map((byte) => Uint8Array.of(byte));

describe('UTF-8 is', () => {
  test.each([
    ['', true],
    ['00', true],
    ['7f', true],
    ['c280', true],
    ['dfbf', true],
    ['e0a080', true],
    ['ed9fbf', true],
    ['ee8080', true],
    ['efbfbf', true],
    ['f0908080', true],
    ['f48fbfbf', true],
    ['efbbbf', true],
    ['80', false],
    ['bf', false],
    ['c080', false],
    ['c1bf', false],
    ['c2', false],
    ['c241', false],
    ['e08080', false],
    ['e09fbf', false],
    ['eda080', false],
    ['edbfbf', false],
    ['f08080 80', false],
    ['f0909080 80', false],
    ['f4908080', false],
    ['f5808080', false],
    ['f888808080', false],
    ['fe', false],
    ['ff', false],
    ['61 ff 62', false],
    ['e282', false],
    ['e282 e282ac', false],
  ])('%j: %s', (digits, expected) => {
    const bytes = hex(digits);
    expect(isUtf8(bytes)).toBe(expected);
    const long = concat([hex('61'.repeat(80)), bytes]);
    for (const each of [bytes, long]) {
      expect(isComplete([each])).toBe(expected);
      expect(isComplete(byteByByte(each))).toBe(expected);
    }
  });
});

test('once broken it stays so, until it is reset', () => {
  const validator = new Utf8Validator();
  expect(isComplete([hex('ff'), hex('61')], validator)).toBe(false);
  validator.reset();
  expect(isComplete([hex('61')], validator)).toBe(true);
});

test('a reset forgets a character that was cut', () => {
  const validator = new Utf8Validator();
  expect(isComplete([hex('f09f98')], validator)).toBe(false);
  validator.reset();
  expect(isComplete([hex('61'.repeat(100))], validator)).toBe(true);
});

/** Mostly text, sometimes with a byte changed or cut away. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(
      fc.string({ unit: 'binary', maxLength: 150 }).map((text) => new Uint8Array(Buffer.from(text))),
      fc.nat(),
      fc.option(fc.nat(255), { freq: 2 }),
    )
    .map(([text, at, byte]) => {
      if (byte !== null && text.length > 0) text[at % text.length] = byte;
      return text;
    }),
);

test('anything, in any pieces, is what TextDecoder says of the whole', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(200), { maxLength: 6 }), (whole, cuts) => {
      const ends = [...cuts.map((cut) => cut % (whole.length + 1)), whole.length].toSorted((a, b) => a - b);
      const pieces = ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
      expect(isComplete(pieces)).toBe(isUtf8(whole));
      expect(isComplete(byteByByte(whole))).toBe(isUtf8(whole));
    }),
    { numRuns: 3000 },
  );
});

test('every truncation of a text of all lengths of characters', () => {
  const text = new Uint8Array(Buffer.from('aé€😀'.repeat(20)));
  for (let length = 0; length <= text.length; length++) {
    const cut = text.subarray(0, length);
    expect(isComplete([cut])).toBe(isUtf8(cut));
    for (const at of [1, 2, 3, 63, 64, 65].filter((each) => each <= length)) {
      expect(isComplete([cut.subarray(0, at), cut.subarray(at)])).toBe(isUtf8(cut));
    }
  }
});
