/**
 * What a packet is decoded to depends on its own bytes alone: whatever stands before and behind it in the buffer, the
 * outcome is the same. The decoders get a plain buffer here, so that a read outside the packet does what it would do in the
 * program.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tunnelOf } from '../../src/decode/capture-route.ts';
import { DECODED, decodePacket, NOT_TCP } from '../../src/decode/decode-packet.ts';
import { DeepDecoder } from '../../src/decode/deep-decoder.ts';
import { Segment } from '../../src/decode/segment.ts';
import { ethernet, ipv4, ipv6, tcp, text } from '../helpers/packet-bytes.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';
import { framed, gre, ip4, ip6, IPV4, u16, vxlan, type Wrapped } from '../helpers/tunnel-bytes.ts';
import { pktap, TUNNELS } from './packets.ts';

const NOTHING = new Uint8Array(0);

const HELLO = tcp({ payload: text('hello'), sequence: 77, options: new Uint8Array(12).fill(1) });
const FOUR = ip4(ipv4(HELLO));
const SIX = ip6(ipv6(HELLO));
const EXTENDED = ip6(ipv6(concat([hex('2c00000000000000 0600000000000000'), HELLO]), { nextHeader: 60 }));
const IP_PACKETS: readonly Wrapped[] = [
  FOUR,
  ip4(ipv4(HELLO, { options: new Uint8Array(40).fill(1) })),
  ip4(ipv4(HELLO, { fragment: 0x2000 })),
  SIX,
  EXTENDED,
  ip6(ipv6(concat([hex('0600000100000007'), HELLO]), { nextHeader: 44 })),
  gre(FOUR, { checksum: true, key: 5, sequence: 1 }),
  vxlan(SIX),
];

function typeOf({ etherType }: Wrapped): Uint8Array {
  return u16(etherType);
}

function pppOf({ etherType }: Wrapped): Uint8Array {
  return u16(etherType === IPV4 ? 0x0021 : 0x0057);
}

/** For each link type that the decoders know, the link layers that an IP packet may have; and one that they don't know. */
const LINK_LAYERS: readonly (readonly [number, (inner: Wrapped) => readonly Uint8Array[]])[] = [
  [0, () => [hex('02000000'), hex('0000001e')]],
  [9, (inner) => [concat([hex('ff03'), pppOf(inner)]), hex('21')]],
  [12, () => [NOTHING]],
  [14, () => [NOTHING]],
  [50, (inner) => [concat([hex('ff03'), pppOf(inner)]), concat([hex('0f00'), typeOf(inner)])]],
  [51, (inner) => [concat([hex('1100 0001 0000'), pppOf(inner)])]],
  [101, () => [NOTHING]],
  [104, (inner) => [concat([hex('8f00'), typeOf(inner)]), hex('0f00 0001'), hex('0f00 0002')]],
  [108, () => [hex('00000002'), hex('00000018')]],
  [113, (inner) => [concat([hex('0000 0001 0006 020000000001 0000'), typeOf(inner)])]],
  [117, () => [concat([hex('3d02'), new Uint8Array(62)])]],
  [149, () => [pktap(12, NOTHING), pktap(104, hex('8f00 0800'))]],
  [166, (inner) => [concat([hex('0103'), pppOf(inner)]), concat([hex('01'), pppOf(inner)])]],
  [204, (inner) => [concat([hex('00ff03'), pppOf(inner)])]],
  [219, () => [hex('00010040 00011140')]],
  [228, () => [NOTHING]],
  [229, () => [NOTHING]],
  [239, () => [hex('02000000 0800 0100 00000000 ff00 0900'), hex('0a000000 0008 0001 00000000 00ff 0009')]],
  [258, () => [pktap(1, ethernet(NOTHING, 0x0800)), pktap(0, hex('1e000000')), pktap(0, NOTHING)]],
  [276, (inner) => [concat([typeOf(inner), hex('0000 00000007 0001 00 06 0200000000010000')])]],
  [147, () => [NOTHING]],
];

const ETHERNET: readonly Uint8Array[] = [
  ...TUNNELS.map(([, wrap]) => framed(wrap(FOUR))),
  ...IP_PACKETS.map((inner) => framed(inner, 0x8100)),
  ethernet(concat([hex('aaaa03 000000 0800'), FOUR.bytes]), 52),
];

/** Link type, and packets that have it. */
const PACKETS: readonly (readonly [number, readonly Uint8Array[]])[] = [
  [1, ETHERNET],
  ...LINK_LAYERS.map(
    ([linkType, layers]) =>
      [
        linkType,
        IP_PACKETS.flatMap((inner) => layers(inner).map((header) => concat([header, inner.bytes]))),
      ] as const,
  ),
];
const ALL_PACKETS = PACKETS.flatMap(([, packets]) => packets);
const LINK_TYPES = PACKETS.map(([linkType]) => linkType);

const AROUND = 64;
const TIME = 1000;

/** All that the decoders say of the packet, where these bytes stand before and behind it. */
function outcomeAmid(
  packet: Uint8Array,
  linkType: number,
  originalLength: number,
  before: number,
  behind: Uint8Array,
): string {
  const buffer = concat([new Uint8Array(AROUND).fill(before), packet, behind]);
  const end = AROUND + packet.length;
  const segment = new Segment();
  segment.packet = 1;
  segment.seconds = TIME;
  const found = decodePacket(buffer, AROUND, end, originalLength, linkType, segment);
  const plain = [found, factsOf(segment)];
  if (found === DECODED || found === NOT_TCP) return JSON.stringify(plain);
  const decoder = new DeepDecoder();
  const result = decoder.decode(found, buffer, AROUND, end, originalLength, linkType, segment);
  decoder.fragments.end();
  const { missing, contradictory } = decoder.fragments;
  const tunnels = decoder.tunnels.layers(tunnelOf(segment.route));
  return JSON.stringify([plain, result, factsOf(segment), tunnels, missing, contradictory]);
}

function factsOf({ data, ...facts }: Segment): unknown {
  return {
    ...facts,
    payload: Buffer.from(data.subarray(facts.payloadStart, facts.payloadEnd)).toString('latin1'),
  };
}

/** Zeros, bytes that would continue with headers, and the bytes that were cut off. */
function continuations(cutOff: Uint8Array): Uint8Array[] {
  const nested = hex('0800 4500 0028 0000 0000 4006 0000 7f000001 7f000002 0021 8100 8847 0000 0100 88be');
  return [
    new Uint8Array(128),
    concat([nested, new Uint8Array(128).fill(0x45)]),
    concat([cutOff, new Uint8Array(128).fill(0x01)]),
  ];
}

function expectSameAmidAnything(
  packet: Uint8Array,
  linkType: number,
  wire: number,
  cutOff: Uint8Array,
): void {
  const [first, ...others] = continuations(cutOff);
  const expected = outcomeAmid(packet, linkType, wire, 0, first!);
  for (const [index, behind] of others.entries()) {
    const found = outcomeAmid(packet, linkType, wire, [0xff, 0x45][index]!, behind);
    if (found !== expected) expect([linkType, Buffer.from(packet).toString('hex'), found]).toBe(expected);
  }
}

/** All headers end before this, except those with the longest options. */
const LONGEST_CUT = 200;

describe('the outcome of a packet does not depend on the bytes around it', () => {
  it.each(PACKETS)('of link type %i, whole and cut anywhere', (linkType, packets) => {
    for (const packet of packets) {
      for (let length = 0; length <= Math.min(packet.length, LONGEST_CUT); length++) {
        const kept = packet.subarray(0, length);
        const cutOff = packet.subarray(length);
        expectSameAmidAnything(kept, linkType, packet.length, cutOff);
      }
    }
  });

  it('whatever the packet, and whatever link type it is taken for', () => {
    const damage = fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 5 });
    const damaged = fc
      .record({ whole: fc.constantFrom(...ALL_PACKETS), damage, length: fc.nat(160) })
      .map(({ whole, damage, length }) => {
        const copy = whole.slice(0, length);
        for (const [at, value] of damage) copy[at] = value;
        return copy;
      });
    fc.assert(
      fc.property(
        fc.oneof(damaged, fc.uint8Array({ maxLength: 80 })),
        fc.constantFrom(...LINK_TYPES),
        fc.constantFrom(0, 1, 6, 1000, 0xffffffff),
        fc.uint8Array({ minLength: 8, maxLength: 64 }),
        (packet, linkType, cut, cutOff) => {
          expectSameAmidAnything(packet, linkType, packet.length + cut, cutOff);
        },
      ),
      { numRuns: 2000, examples: [[hex('2f080002000000'), 104, 0, new Uint8Array(8).fill(9)]] },
    );
  });
});
