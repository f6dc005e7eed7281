import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDumpStart } from '../../../src/capture/paste/tcpdump-link-layer.ts';
import { concat, hex } from '../../helpers/pcap-builder.ts';

const IPV4 = hex(
  '4500 0034 8f05 4000 4006 adbc 7f00 0001 7f00 0001 b267 a862 a21b 73f4 b5b9 503f 8011 0040 fe28 0000 0101 080a 8fe4 c6bc f97b 2323',
);
const IPV6 = hex(
  `6000 0000 0014 0640 ${'00'.repeat(15)}01 ${'00'.repeat(15)}01 c83c 0050 983e 7305 0000 0000 5010 ffc4 0030 0000`,
);

describe('start of a tcpdump hex dump', () => {
  it.each([
    ['RAW', 101, ''],
    ['EN10MB', 1, '000000000001 000000000002 TYPE'],
    ['EN10MB whose address looks like IPv6', 1, '600000001234 064000000002 TYPE'],
    ['EN10MB with two VLAN tags', 1, '000000000001 000000000002 88a8 0001 8100 0002 TYPE'],
    [
      'EN10MB with a VLAN tag and two MPLS labels',
      1,
      '000000000001 000000000002 8100 0001 8847 00010040 00011140',
    ],
    ['EN10MB with PPPoE', 1, '000000000001 000000000002 8864 1100 0001 0036 0021'],
    ['LINUX_SLL', 113, '0000 0304 0006 0000 0000 0000 0000 TYPE'],
    ['LINUX_SLL2', 276, 'TYPE 0000 0000 0001 0304 0006 0000 0000 0000 0000'],
  ])('is found: %s', (_, linkType, head) => {
    for (const [type, ip, version] of [
      ['0800', IPV4, 4],
      ['86dd', IPV6, 6],
    ] as const) {
      const frame = concat([hex(head.replace('TYPE', type)), ip]);
      const minimum = frame.length - ip.length + 40;
      for (let length = minimum; length <= frame.length; length++) {
        for (const named of [version, 0] as const) {
          expect(findDumpStart(frame, length, named)).toMatchObject({ linkType, wireLength: frame.length });
        }
      }
    }
  });

  it('is found behind the address family of BSD and macOS loopback', () => {
    for (const family of ['02000000', '00000002']) {
      expect(findDumpStart(concat([hex(family), IPV4]), 56, 4)).toMatchObject({
        linkType: 0,
        wireLength: 56,
      });
    }
    for (const family of ['18000000', '1c000000', '1e000000', '0000001e']) {
      expect(findDumpStart(concat([hex(family), IPV6]), 64, 6)).toMatchObject({
        linkType: 0,
        wireLength: 64,
      });
    }
  });

  it('is found in front of Ethernet padding, which does not count as wire length of the IP packet', () => {
    const short = concat([hex('4500 0028'), IPV4.subarray(4, 40), new Uint8Array(6)]);
    expect(findDumpStart(short, 46, 4)).toMatchObject({ linkType: 101, wireLength: 40 });
  });

  it('takes a total length of 0, as segmentation offload leaves it, for all that is there', () => {
    const offloaded = concat([hex('4500 0000'), IPV4.subarray(4)]);
    expect(findDumpStart(offloaded, 52, 4)).toMatchObject({ linkType: 101, wireLength: 52 });
  });

  it('is not found in ARP, nor in anything too short', () => {
    expect(findDumpStart(hex('0001 0800 0604 0001 000000000001 0a000001'), 18, 0)).toBeUndefined();
    expect(findDumpStart(IPV4, 19, 4)).toBeUndefined();
    expect(findDumpStart(IPV4, 0, 4)).toBeUndefined();
    expect(findDumpStart(IPV4, 52, 6)).toBeUndefined();
  });

  it('reads nothing behind the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0, 4, 6), (bytes, version) => {
        const padded = concat([bytes, new Uint8Array(80).fill(0x45)]);
        expect(findDumpStart(padded, bytes.length, version)).toEqual(
          findDumpStart(bytes, bytes.length, version),
        );
      }),
    );
  });
});
