/** Text and bytes, by Node's Buffer and without one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as ofNode from '../../src/platform/node/text.ts';
import * as ofWeb from '../../src/platform/web/text.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
/** Lone surrogates too. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));

describe.each([
  ['Node', ofNode],
  ['the web', ofWeb],
])('text of %s', (_, text) => {
  test('Latin-1 of a part of a view of a larger buffer', () => {
    const view = Buffer.from('..h\xe9llo..', 'latin1').subarray(1);
    expect(text.latin1(view, 1, 6)).toBe('h\xe9llo');
    expect(text.latin1(view)).toBe('.h\xe9llo..');
  });

  test('Latin-1 is one character a byte, from 0x80 to 0x9f too', () => {
    const all = Uint8Array.from({ length: 256 }, (__, i) => i);
    const decoded = text.latin1(all);
    expect(decoded).toHaveLength(256);
    expect([...all].filter((byte) => decoded.charCodeAt(byte) !== byte)).toEqual([]);
  });

  test('Latin-1 of a megabyte', () => {
    expect(text.latin1(new Uint8Array(1_000_001).fill(0xe9))).toBe('\xe9'.repeat(1_000_001));
  });

  test('copies are the same texts', () => {
    expect(text.copyOfLatin1('caf\xe9\0\xff')).toBe('caf\xe9\0\xff');
    fc.assert(
      fc.property(anyText, (each) => {
        expect(text.copyOfText(each)).toBe(each);
      }),
    );
  });

  test('hexadecimal digits and base64, there and back', () => {
    fc.assert(
      fc.property(bytes, (each) => {
        expect(text.hex(each)).toBe(ofNode.hex(each));
        expect([...text.bytesOfHex(text.hex(each))]).toEqual([...each]);
        expect(text.base64(each)).toBe(ofNode.base64(each));
        expect([...text.bytesOfBase64(text.base64(each))]).toEqual([...each]);
      }),
    );
    const view = Uint8Array.of(0, 1, 0xab, 3).subarray(1, 3);
    expect(text.hex(view)).toBe('01ab');
    expect(text.base64(view)).toBe('Aas=');
  });

  test.each([
    ['dXNlcjpwYXNz', 'user:pass'],
    ['dXNlcjpwYXM', 'user:pas'],
    ['dXNlcjpwYXM=', 'user:pas'],
    ['dXNl cjpw\r\nYXNz', 'user:pass'],
    ['8J-YgA', '\xf0\x9f\x98\x80'],
    ['8J+YgA==', '\xf0\x9f\x98\x80'],
    ['dXNlc', 'use'],
    ['', ''],
    ['=', ''],
  ])('base64 as people write it: %j', (given, latin1) => {
    expect(ofNode.latin1(text.bytesOfBase64(given))).toBe(latin1);
  });
});
