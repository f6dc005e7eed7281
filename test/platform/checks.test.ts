/** Whether bytes are UTF-8, whether a text is an address, what a path's last part is: both platforms say what Node says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as ipOfNode from '../../src/platform/node/ip.ts';
import * as pathOfNode from '../../src/platform/node/path.ts';
import * as utf8OfNode from '../../src/platform/node/utf8.ts';
import * as ipOfWeb from '../../src/platform/web/ip.ts';
import * as pathOfWeb from '../../src/platform/web/path.ts';
import * as utf8OfWeb from '../../src/platform/web/utf8.ts';
import { hex } from '../helpers/pcap-builder.ts';

describe('UTF-8', () => {
  test.each([
    ['', true],
    ['efbbbf41', true],
    ['f09f9880', true],
    ['f09f98', false],
    ['c080', false],
    ['eda080', false],
    ['f4908080', false],
    ['ff', false],
  ])('%s: %s', (digits, isValid) => {
    expect(utf8OfNode.isUtf8(hex(digits))).toBe(isValid);
    expect(utf8OfWeb.isUtf8(hex(digits))).toBe(isValid);
  });

  test('the web says what Node says, also after a "no"', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }).map((text) => [...Buffer.from(text)]),
      fc.array(fc.integer({ min: 0x70, max: 0xff }), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
        const bytes = Uint8Array.from(pieces.flat());
        expect(utf8OfWeb.isUtf8(bytes)).toBe(utf8OfNode.isUtf8(bytes));
      }),
      { numRuns: 500 },
    );
  });
});

describe('IP addresses', () => {
  test.each([
    '1.2.3.4',
    '255.255.255.255',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.4\n',
    '',
    '::',
    '::1',
    ':::',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1::2:3:4:5:6:7:8',
    '1::2::3',
    'fe80::1%eth0',
    'fe80::1%',
    'fe80::1%eth0.5',
    '::ffff:1.2.3.4',
    '::1.2.3.4',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '1:2:3:4:5:6:1.2.3.4',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::ffff:1.2.3.256',
    '12345::',
    'g::',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    'ABCD::ef',
    '::1\n',
  ])('%j', (text) => {
    expect(ipOfWeb.isIPv4(text)).toBe(ipOfNode.isIPv4(text));
    expect(ipOfWeb.isIPv6(text)).toBe(ipOfNode.isIPv6(text));
  });

  test('the web says what Node says of texts made of what addresses are made of', () => {
    const part = fc.constantFrom(
      ':',
      '::',
      '.',
      '0',
      '1',
      'f',
      'abcd',
      '10',
      '255',
      '256',
      '1.2.3.4',
      '%a',
      '%',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 17 }), (parts) => {
        const text = parts.join('');
        expect(ipOfWeb.isIPv4(text)).toBe(ipOfNode.isIPv4(text));
        expect(ipOfWeb.isIPv6(text)).toBe(ipOfNode.isIPv6(text));
      }),
      { numRuns: 2000 },
    );
  });
});

test.each(['dump.pcap', '/var/tmp/dump.pcap', 'a/b/', '/', '', '-', 'a//b//', 'a b/c d'])(
  'the last part of the path %j',
  (path) => {
    expect(pathOfWeb.basename(path)).toBe(pathOfNode.basename(path));
  },
);
