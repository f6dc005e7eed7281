/** Packets of every kind that the decoders know: in each tunnel, with each rare link layer. For tests. */
import { ethernet, ipv4, ipv6, tcp, text } from '../helpers/packet-bytes.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';
import {
  arubaGre,
  ayiya,
  erspan,
  etherIp,
  eTag,
  geneve,
  gre,
  greInUdp,
  gretap,
  gtpU,
  ip4,
  ipInIp,
  l2tp,
  macInMac,
  mpls,
  mplsOver,
  pppoe,
  vnTag,
  vxlan,
  vxlanGpe,
  type Wrapped,
} from '../helpers/tunnel-bytes.ts';

export const OUTER = '203.0.113.1 203.0.113.2';
const OUTER_6 = '2001:db8::a1 2001:db8::a2';
const FOUR = ipv4(tcp({ payload: text('four') }));
const SIX = ipv6(tcp({ payload: text('six') }));

/** Name, what wraps a packet in it, and how decodeDeep names the tunnel. */
export const TUNNELS: readonly (readonly [string, (inner: Wrapped) => Wrapped, string])[] = [
  ['MPLS', (inner) => mpls(inner, 17), 'mpls 17'],
  ['three MPLS labels', (inner) => mpls(inner, 16, 17, 0xfffff), 'mpls 1048575'],
  ['PPPoE', (inner) => pppoe(inner, 0xbeef), 'pppoe 48879'],
  ['GRE', (inner) => gre(inner), `gre ${OUTER}`],
  ['GRE with a key', (inner) => gre(inner, { key: 0xfedcba98 }), `gre 4275878552 ${OUTER}`],
  ['GRE with a checksum', (inner) => gre(inner, { checksum: true }), `gre ${OUTER}`],
  ['GRE with a sequence number', (inner) => gre(inner, { sequence: 1 }), `gre ${OUTER}`],
  ['GRE with all', (inner) => gre(inner, { checksum: true, key: 5, sequence: 1 }), `gre 5 ${OUTER}`],
  ['GRE over IPv6', (inner) => gre(inner, { key: 5 }, true), `gre 5 ${OUTER_6}`],
  ['Ethernet in GRE (NVGRE)', (inner) => gretap(inner, { key: 0x123400 }), `gre 1192960 ${OUTER}`],
  ['ERSPAN type I', (inner) => erspan(inner, 1), `erspan ${OUTER}`],
  ['ERSPAN type II', (inner) => erspan(inner, 2), `erspan 341 ${OUTER}`],
  ['ERSPAN type III', (inner) => erspan(inner, 3), `erspan 341 ${OUTER}`],
  [
    'ERSPAN type III with a subheader',
    (inner) => erspan(inner, 3, { subheader: true }),
    `erspan 341 ${OUTER}`,
  ],
  ['ERSPAN type III of IP packets', (inner) => erspan(inner, 3, { isIp: true }), `erspan 341 ${OUTER}`],
  ['IP in IPv4', (inner) => ipInIp(inner), `ip-in-ip ${OUTER}`],
  ['IP in IPv6', (inner) => ipInIp(inner, true), `ip-in-ip ${OUTER_6}`],
  ['VXLAN', (inner) => vxlan(inner, 0xabcdef), `vxlan 11259375 ${OUTER}`],
  ['VXLAN on the port of Linux', (inner) => vxlan(inner, 1, 8472), `vxlan 1 ${OUTER}`],
  ['VXLAN over IPv6', (inner) => vxlan(inner, 1, 4789, true), `vxlan 1 ${OUTER_6}`],
  ['VXLAN-GPE', (inner) => vxlanGpe(inner, 9), `vxlan 9 ${OUTER}`],
  ['Geneve', (inner) => geneve(inner), `geneve 42 ${OUTER}`],
  ['Geneve with options', (inner) => geneve(inner, { options: 63 }), `geneve 42 ${OUTER}`],
  ['Geneve of IP packets', (inner) => geneve(inner, { isBridged: false }), `geneve 42 ${OUTER}`],
  ['GTP-U', (inner) => gtpU(inner), `gtp-u 2882400001 ${OUTER}`],
  ['GTP-U with a sequence number', (inner) => gtpU(inner, 1, []), `gtp-u 1 ${OUTER}`],
  ['GTP-U with extension headers', (inner) => gtpU(inner, 1, [1, 2, 1]), `gtp-u 1 ${OUTER}`],
  ['E-TAG (802.1BR)', (inner) => eTag(inner, 0x2a), 'e-tag 42'],
  ['E-TAG with a group and the extension of its number', (inner) => eTag(inner, 0x3fffff), 'e-tag 4194303'],
  ['VN-Tag to an interface', (inner) => vnTag(inner, 0x1234, true), 'vn-tag 4660'],
  ['VN-Tag from an interface', (inner) => vnTag(inner, 0x234, false), 'vn-tag 564'],
  ['MAC in MAC (802.1ah)', (inner) => macInMac(inner, 0xabcdef), 'mac-in-mac 11259375'],
  ['Wi-Fi in GRE (Aruba)', (inner) => arubaGre(inner, 0x8200), `gre ${OUTER}`],
  [
    'Wi-Fi with QoS in GRE',
    (inner) => arubaGre(inner, 0x8370, { control: 0x8802, rest: new Uint8Array(4) }),
    `gre ${OUTER}`,
  ],
  [
    'Wi-Fi with four addresses, QoS and HT control in GRE',
    (inner) => arubaGre(inner, 0x8250, { control: 0x8883, rest: new Uint8Array(2 + 6 + 2 + 4) }),
    `gre ${OUTER}`,
  ],
  ['GRE in UDP', (inner) => greInUdp(inner), `gre ${OUTER}`],
  [
    'GRE in UDP with all',
    (inner) => greInUdp(inner, { checksum: true, key: 5, sequence: 1 }),
    `gre 5 ${OUTER}`,
  ],
  ['AYIYA', (inner) => ayiya(inner), `ayiya ${OUTER}`],
  ['L2TP', (inner) => l2tp(inner, 9, false), `l2tp 9 ${OUTER}`],
  ['L2TP with all fields', (inner) => l2tp(inner, 0xffff, true), `l2tp 65535 ${OUTER}`],
  ['EtherIP', (inner) => etherIp(inner), `ether-ip ${OUTER}`],
  ['MPLS over IP', (inner) => mplsOver(inner, 17, false), `mpls 17 ${OUTER}`],
  ['MPLS over UDP', (inner) => mplsOver(inner, 17, true), `mpls 17 ${OUTER}`],
];

function little32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24);
}

/** A header as macOS writes it: 108 bytes, of which an interface's and a program's name are a part. */
export function pktap(
  linkType: number,
  packet: Uint8Array,
  { length = 108, next = 1 }: { length?: number; next?: number } = {},
): Uint8Array {
  const header = new Uint8Array(108);
  header.set(concat([little32(length), little32(next), little32(linkType), text('en0')]));
  return concat([header, packet]);
}

/** Attributes of NFLOG: type, then value, in the byte order of the machine. */
export function nflog(
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

/** Name, link type, packet, and the payload of its TCP segment. */
export const RARE_PACKETS: readonly (readonly [string, number, Uint8Array, string])[] = [
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
