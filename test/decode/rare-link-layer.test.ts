import { describe, expect, it } from 'vitest';
import { ipv4, tcp, text } from '../helpers/packet-bytes.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';
import { decodeDeep } from './deep.ts';
import { nflog, pktap, RARE_PACKETS } from './packets.ts';

const FOUR = ipv4(tcp({ payload: text('four') }));

describe('a rare link layer', () => {
  it.each(RARE_PACKETS)('%s: is read', (_, linkType, packet, payload) => {
    const decoded = decodeDeep(packet, linkType);
    expect([decoded.result, decoded.payload]).toEqual(['decoded', payload]);
  });

  it.each(RARE_PACKETS)('%s: cut anywhere, it is never misread', (_, linkType, packet, payload) => {
    for (let length = 0; length < packet.length; length++) {
      const { result, segment } = decodeDeep(packet.subarray(0, length), linkType, packet.length);
      if (length < packet.length - payload.length) {
        // Two bytes of PPP say what it carries.
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
    // EtherTypes that nobody uses, but that a reader might take for one of its own markers.
    ['Cisco HDLC with an EtherType of 1', 104, concat([hex('0f00 0001'), FOUR]), 'not TCP'],
    ['Cisco HDLC with an EtherType of 2', 104, hex('2f08 0002 000000'), 'not TCP'],
    ['pflog of no length', 117, concat([Uint8Array.of(0, 2, 0, 0), FOUR]), 'not TCP'],
  ])('%s: is left out', (_, linkType, packet, result) => {
    expect(decodeDeep(packet, linkType).result).toBe(result);
  });
});
