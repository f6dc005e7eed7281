import { describe, expect, it } from 'vitest';
import { ethernet, ipv4, ipv6, tcp, text } from '../helpers/packet-bytes.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';
import { ip4, mpls } from '../helpers/tunnel-bytes.ts';
import { decodeDeep } from './deep.ts';

const FOUR = ipv4(tcp({ payload: text('four') }));
const SIX = ipv6(tcp({ payload: text('six') }));

function little32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24);
}

/** A header as macOS writes it: 108 bytes, of which an interface's and a program's name are a part. */
function pktap(linkType: number, packet: Uint8Array, { length = 108, next = 1 } = {}): Uint8Array {
  const header = new Uint8Array(108);
  header.set(concat([little32(length), little32(next), little32(linkType), text('en0')]));
  return concat([header, packet]);
}

/** Attributes of NFLOG: type, then value, in the byte order of the machine. */
function nflog(
  family: number,
  isLittle: boolean,
  ...attributes: readonly [number, Uint8Array][]
): Uint8Array {
  const number = (value: number) =>
    isLittle ? Uint8Array.of(value & 0xff, value >> 8) : Uint8Array.of(value >> 8, value & 0xff);
  return concat([
    Uint8Array.of(family, 0, 0, 30),
    ...attributes.flatMap(([type, value]) => [
      number(4 + value.length),
      number(type),
      value,
      new Uint8Array((4 - (value.length % 4)) % 4),
    ]),
  ]);
}

const PACKETS: readonly (readonly [string, number, Uint8Array, string])[] = [
  ['PPP', 9, concat([hex('ff03 0021'), FOUR]), 'four'],
  ['PPP without address and control', 9, concat([hex('0057'), SIX]), 'six'],
  ['PPP with a protocol of one byte', 9, concat([hex('21'), FOUR]), 'four'],
  ['PPP with MPLS', 9, concat([hex('ff03 0281'), mpls(ip4(FOUR), 17).bytes]), 'four'],
  ['serial PPP', 50, concat([hex('ff03 0021'), FOUR]), 'four'],
  ['serial Cisco HDLC', 50, concat([hex('0f00 86dd'), SIX]), 'six'],
  ['PPPoE', 51, concat([hex('1100 0001 002e 0021'), FOUR]), 'four'],
  ['PPP of pppd', 166, concat([hex('0103 0021'), FOUR]), 'four'],
  ['PPP with a direction', 204, concat([hex('00 ff03 0057'), SIX]), 'six'],
  ['Cisco HDLC', 104, concat([hex('8f00 0800'), FOUR]), 'four'],
  ['MPLS', 219, mpls(ip4(SIX), 16, 17).bytes, 'six'],
  ['PKTAP with Ethernet', 258, pktap(1, ethernet(FOUR, 0x0800)), 'four'],
  ['PKTAP with a loopback', 258, pktap(0, concat([hex('1e000000'), SIX])), 'six'],
  ['PKTAP with raw IP, as macOS numbers it', 149, pktap(12, FOUR), 'four'],
  ['PKTAP with PPP', 258, pktap(9, concat([hex('ff03 0021'), FOUR])), 'four'],
  ['NFLOG', 239, nflog(2, true, [1, new Uint8Array(4)], [10, text('prefix\0')], [9, FOUR]), 'four'],
  ['NFLOG of a big-endian machine', 239, nflog(2, false, [1, new Uint8Array(4)], [9, FOUR]), 'four'],
  ['pflog', 117, concat([Uint8Array.of(61, 2), new Uint8Array(62), FOUR]), 'four'],
];

describe('a rare link layer', () => {
  it.each(PACKETS)('%s: is read', (_, linkType, packet, payload) => {
    const decoded = decodeDeep(packet, linkType);
    expect([decoded.result, decoded.payload]).toEqual(['decoded', payload]);
  });

  it.each(PACKETS)('%s: cut anywhere, it is never misread', (_, linkType, packet, payload) => {
    for (let length = 0; length < packet.length; length++) {
      const { result, segment } = decodeDeep(packet.subarray(0, length), linkType, packet.length);
      if (length < packet.length - payload.length) {
        // Of PPP two bytes say what it is.
        expect([length, ['headers cut', 'not TCP'].includes(result)]).toEqual([length, true]);
      } else {
        expect([length, result, segment.payloadLength]).toEqual([length, 'decoded', payload.length]);
      }
    }
  });

  it.each<[string, number, Uint8Array, string]>([
    ['PPP’s link control', 9, hex('ff03 c021 01010004'), 'not TCP'],
    ['encrypted PPP', 9, concat([hex('ff03 0053'), FOUR]), 'tunneled'],
    ['PKTAP in PKTAP', 258, pktap(258, pktap(1, FOUR)), 'tunneled'],
    ['PKTAP of something unknown', 258, pktap(147, FOUR), 'link type unknown'],
    ['PKTAP of Wi-Fi', 258, pktap(105, FOUR), 'link type unknown'],
    ['PKTAP without a packet', 258, pktap(1, FOUR, { next: 0 }), 'not TCP'],
    ['PKTAP of no length', 258, pktap(1, FOUR, { length: 0 }), 'not TCP'],
    ['PKTAP of a length without end', 258, pktap(1, FOUR, { length: 0xffffffff }), 'malformed'],
    ['NFLOG of ARP', 239, nflog(3, true, [9, FOUR]), 'not TCP'],
    ['NFLOG without a packet', 239, nflog(2, true, [1, new Uint8Array(4)]), 'not TCP'],
    ['NFLOG with an attribute of no length', 239, hex('02000000 0000 0100 00000000'), 'not TCP'],
    [
      'NFLOG of attributes without end',
      239,
      nflog(2, true, ...Array.from({ length: 80 }, () => [1, new Uint8Array(0)] as [number, Uint8Array])),
      'not TCP',
    ],
    ['pflog of no length', 117, concat([Uint8Array.of(0, 2, 0, 0), FOUR]), 'not TCP'],
  ])('%s: is left out', (_, linkType, packet, result) => {
    expect(decodeDeep(packet, linkType).result).toBe(result);
  });
});
