import { describe, expect, it } from 'vitest';
import { concat, hex } from '../helpers/pcap-builder.ts';
import { ethernet, ipv4, ipv6, tcp, text } from '../helpers/packet-bytes.ts';
import { decode } from './collect.ts';

const FOUR = ipv4(tcp({ payload: text('four') }));
const SIX = ipv6(tcp({ payload: text('six') }));
const SLL = '0000 0001 0006 020000000001 0000';
const SLL2_AFTER_PROTOCOL = '0000 00000002 0001 00 06 0200000000010000';

function payloadOf(linkType: number, packet: Uint8Array): string {
  const { result, payload } = decode(packet, linkType);
  return result === 'decoded' ? payload : result;
}

describe('link layer', () => {
  it.each([
    ['Ethernet, IPv4', ethernet(FOUR, 0x0800), 'four'],
    ['Ethernet, IPv6', ethernet(SIX, 0x86dd), 'six'],
    ['802.1Q', ethernet(FOUR, 0x8100, 0x0800), 'four'],
    ['802.1ad: QinQ', ethernet(SIX, 0x88a8, 0x8100, 0x86dd), 'six'],
    ['QinQ of before the standard', ethernet(FOUR, 0x9100, 0x8100, 0x0800), 'four'],
    ['eight tags', ethernet(FOUR, ...new Array<number>(8).fill(0x8100), 0x0800), 'four'],
    ['802.3 with LLC and SNAP', ethernet(concat([hex('aaaa03 000000 0800'), FOUR]), 52), 'four'],
    [
      '802.3 with LLC and SNAP in a VLAN',
      ethernet(concat([hex('aaaa03 000000 86dd'), SIX]), 0x8100, 75),
      'six',
    ],
  ])('finds IP in %s', (_, packet, payload) => {
    expect(payloadOf(1, packet)).toBe(payload);
  });

  it('leaves ARP alone', () => {
    expect(payloadOf(1, ethernet(FOUR, 0x0806))).toBe('not TCP');
  });

  it.each([
    ['LLC without SNAP', ethernet(hex('424203 0000000000'), 38)],
    ['SNAP of another organisation', ethernet(concat([hex('aaaa03 00000c 0800'), FOUR]), 52)],
    ['802.3 too short for SNAP', ethernet(hex('aaaa03 000000 08'), 7)],
    ['an 802.3 length of IPv4 bytes', ethernet(FOUR, 0x05ff)],
    ['SNAP with a VLAN tag', ethernet(concat([hex('aaaa03 000000 8100 0005 0800'), FOUR]), 56)],
    ['an E-TAG', ethernet(concat([hex('0000 002a 0000 0800'), FOUR]), 0x893f)],
    ['a VN-Tag', ethernet(concat([hex('802a 0000 0800'), FOUR]), 0x8926)],
    ['a service tag', ethernet(concat([hex('0000002a'), ethernet(FOUR, 0x0800)]), 0x8100, 0x88e7)],
  ])('leaves %s to the other decoder', (_, packet) => {
    expect(payloadOf(1, packet)).toBe('tunneled');
  });

  it('passes more than eight VLAN tags on, to be noted', () => {
    expect(payloadOf(1, ethernet(FOUR, ...new Array<number>(9).fill(0x8100), 0x0800))).toBe('tunneled');
  });

  it.each([
    ['IPv4', '0800', FOUR, 'four'],
    ['IPv6', '86dd', SIX, 'six'],
    ['IPv4 in a VLAN', '8100 0064 0800', FOUR, 'four'],
    ['IPv4 in 802.2 with SNAP', '0004 aaaa03 000000 0800', FOUR, 'four'],
    ['ARP', '0806', FOUR, 'not TCP'],
    ['802.3 without LLC', '0001', FOUR, 'tunneled'],
  ])('finds %s in a Linux cooked capture', (_, protocol, packet, payload) => {
    expect(payloadOf(113, concat([hex(`${SLL} ${protocol}`), packet]))).toBe(payload);
  });

  it.each([
    ['IPv4', '0800', '', FOUR, 'four'],
    ['IPv6', '86dd', '', SIX, 'six'],
    ['IPv6 in a VLAN', '8100', '0064 86dd', SIX, 'six'],
    ['IPv4 in 802.2 with SNAP', '0004', 'aaaa03 000000 0800', FOUR, 'four'],
    ['ARP', '0806', '', FOUR, 'not TCP'],
  ])('finds %s in a Linux cooked capture v2', (_, protocol, tags, packet, payload) => {
    expect(payloadOf(276, concat([hex(`${protocol} ${SLL2_AFTER_PROTOCOL} ${tags}`), packet]))).toBe(payload);
  });

  it.each([
    ['NULL of a little-endian machine', 0, '02000000', FOUR, 'four'],
    ['NULL of a big-endian machine', 0, '00000002', FOUR, 'four'],
    ['NULL of macOS', 0, '1e000000', SIX, 'six'],
    ['NULL of FreeBSD', 0, '1c000000', SIX, 'six'],
    ['NULL of NetBSD', 0, '18000000', SIX, 'six'],
    ['NULL of Windows', 0, '17000000', SIX, 'six'],
    ['NULL of Linux', 0, '0a000000', SIX, 'six'],
    ['NULL of a big-endian macOS', 0, '0000001e', SIX, 'six'],
    ['LOOP with IPv4', 108, '00000002', FOUR, 'four'],
    ['LOOP with IPv6', 108, '00000018', SIX, 'six'],
    ['NULL with AppleTalk', 0, '10000000', FOUR, 'not TCP'],
    ['NULL with a family of two bytes', 0, '02010000', FOUR, 'not TCP'],
    ['NULL with both ends set', 0, '02000008', SIX, 'not TCP'],
  ])('reads the address family of %s', (_, linkType, family, packet, payload) => {
    expect(payloadOf(linkType, concat([hex(family), packet]))).toBe(payload);
  });

  it.each([12, 14, 101, 228, 229])(
    'tells the IP version of raw IP (link type %d) by its first bits',
    (linkType) => {
      expect(payloadOf(linkType, FOUR)).toBe('four');
      expect(payloadOf(linkType, SIX)).toBe('six');
      expect(payloadOf(linkType, hex('50'.repeat(60)))).toBe('malformed');
    },
  );

  it.each([9, 105, 127, 147, 195, 65_535])('does not know link type %d', (linkType) => {
    expect(payloadOf(linkType, ethernet(FOUR, 0x0800))).toBe('link type unknown');
  });
});
