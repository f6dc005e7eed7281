import net from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIPv4, formatIPv6 } from '../../src/basics/ip-address.ts';

function words(groups: string): Int32Array {
  const numbers = groups.split(':').map((group) => parseInt(group, 16));
  return Int32Array.from([0, 2, 4, 6], (i) => (numbers[i]! << 16) | numbers[i + 1]!);
}

/** Groups of which many are zero, as in real addresses. */
const groupsArbitrary = fc.array(fc.oneof(fc.constant(0), fc.constant(0), fc.nat(0xffff)), {
  minLength: 8,
  maxLength: 8,
});

describe('IPv4 address', () => {
  it.each([
    [0, '0.0.0.0'],
    [0x7f000001, '127.0.0.1'],
    [-1, '255.255.255.255'],
    [0xc0000201, '192.0.2.1'],
    [0xc0000201 | 0, '192.0.2.1'],
  ])('formats the word %i as %s', (word, expected) => {
    expect(formatIPv4(word)).toBe(expected);
  });
});

describe('IPv6 address', () => {
  // RFC 5952 sections 4.1 to 4.3, 5; then the edges.
  it.each([
    ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAAA', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['0:0:1:1:1:1:1:1', '::1:1:1:1:1:1'],
    ['1:1:1:1:1:1:0:0', '1:1:1:1:1:1::'],
    ['0:1:0:1:0:1:0:1', '0:1:0:1:0:1:0:1'],
    ['fe80:0:0:0:200:5efe:c000:201', 'fe80::200:5efe:c000:201'],
    ['0:0:0:0:0:ffff:c000:201', '::ffff:192.0.2.1'],
    ['0:0:0:0:0:ffff:0:0', '::ffff:0.0.0.0'],
    ['0:0:0:0:ffff:0:c000:201', '::ffff:0:c000:201'],
  ])('formats %s as %s', (groups, expected) => {
    expect(formatIPv6(words(groups))).toBe(expected);
  });

  it('formats the destination of a segment, which follows the source', () => {
    expect(formatIPv6([1, 2, 3, 4, 0x20010db8, 0, 0, 1], 4)).toBe('2001:db8::1');
  });

  it('agrees with the URL parser of Node on every other address', () => {
    fc.assert(
      fc.property(groupsArbitrary, (groups) => {
        fc.pre(groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)); // mapped: see below
        const long = groups.map((group) => group.toString(16)).join(':');
        const formatted = formatIPv6(words(long));
        expect(net.isIPv6(formatted)).toBe(true);
        expect(`[${formatted}]`).toBe(new URL(`http://[${long}]/`).hostname);
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with Node on mapped IPv4 addresses', () => {
    fc.assert(
      fc.property(fc.integer(), (word) => {
        const formatted = formatIPv6([0, 0, 0xffff, word]);
        const { address } = new net.SocketAddress({ address: formatted, family: 'ipv6' });
        expect(formatted).toBe(address);
      }),
    );
  });
});
