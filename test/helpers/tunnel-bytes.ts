/** Packets inside tunnels, for tests: each wrapper takes IP or an Ethernet frame and returns an IP packet or what says it is. */
import { ethernet, ipv4, ipv6 } from './packet-bytes.ts';
import { concat } from './pcap-builder.ts';

/** Bytes, and the EtherType that announces them. */
export interface Wrapped {
  readonly bytes: Uint8Array;
  readonly etherType: number;
}

export const IPV4 = 0x0800;
export const IPV6 = 0x86dd;
const BRIDGED = 0x6558;

export function ip4(bytes: Uint8Array): Wrapped {
  return { bytes, etherType: IPV4 };
}

export function ip6(bytes: Uint8Array): Wrapped {
  return { bytes, etherType: IPV6 };
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

export function u32(value: number): Uint8Array {
  return concat([u16(value >>> 16), u16(value & 0xffff)]);
}

export function framed({ bytes, etherType }: Wrapped, ...tags: readonly number[]): Uint8Array {
  return ethernet(bytes, ...tags, etherType);
}

export function udp(port: number, payload: Uint8Array): Uint8Array {
  return concat([u16(49_152), u16(port), u16(8 + payload.length), u16(0), payload]);
}

/** In IPv4 between these documentation addresses, or in IPv6. */
export function carried(protocol: number, payload: Uint8Array, isIPv6 = false): Wrapped {
  return isIPv6
    ? ip6(
        ipv6(payload, {
          nextHeader: protocol,
          source: '2001:db8:0:0:0:0:0:a1',
          destination: '2001:db8:0:0:0:0:0:a2',
        }),
      )
    : ip4(ipv4(payload, { protocol, source: '203.0.113.1', destination: '203.0.113.2' }));
}

export function mpls(inner: Wrapped, ...labels: readonly number[]): Wrapped {
  const stack = labels.map((label, i) =>
    u32(((label << 12) | (i === labels.length - 1 ? 0x100 : 0) | 64) >>> 0),
  );
  return { bytes: concat([...stack, inner.bytes]), etherType: 0x8847 };
}

export function pppoe({ bytes, etherType }: Wrapped, session = 7): Wrapped {
  const payload = concat([u16(etherType === IPV6 ? 0x57 : 0x21), bytes]);
  return {
    bytes: concat([Uint8Array.of(0x11, 0), u16(session), u16(payload.length), payload]),
    etherType: 0x8864,
  };
}

export interface GreSpec {
  readonly checksum?: boolean;
  readonly key?: number;
  readonly sequence?: number;
}

export function greHeader(protocol: number, { checksum, key, sequence }: GreSpec = {}): Uint8Array {
  const flags =
    (checksum === true ? 0x8000 : 0) |
    (key === undefined ? 0 : 0x2000) |
    (sequence === undefined ? 0 : 0x1000);
  return concat([
    u16(flags),
    u16(protocol),
    ...(checksum === true ? [u32(0)] : []),
    ...(key === undefined ? [] : [u32(key)]),
    ...(sequence === undefined ? [] : [u32(sequence)]),
  ]);
}

export function gre(inner: Wrapped, spec: GreSpec = {}, isIPv6 = false): Wrapped {
  return carried(47, concat([greHeader(inner.etherType, spec), inner.bytes]), isIPv6);
}

export function gretap(inner: Wrapped, spec: GreSpec = {}): Wrapped {
  return carried(47, concat([greHeader(BRIDGED, spec), framed(inner)]));
}

export function erspan(
  inner: Wrapped,
  type: 1 | 2 | 3,
  options: { subheader?: boolean; isIp?: boolean } = {},
): Wrapped {
  const { subheader = false, isIp = false } = options;
  const mirrored = isIp ? inner.bytes : framed(inner);
  if (type === 1) return carried(47, concat([greHeader(0x88be), mirrored]));
  const session = 0x155;
  if (type === 2) {
    const header = concat([u16(0x1000 | 100), u16(session), u32(3)]);
    return carried(47, concat([greHeader(0x88be, { sequence: 9 }), header, mirrored]));
  }
  const last = (isIp ? 2 << 10 : 0) | (subheader ? 1 : 0);
  const header = concat([u16(0x2000 | 100), u16(session), u32(77), u16(0), u16(last)]);
  const sub = subheader ? [new Uint8Array(8)] : [];
  return carried(47, concat([greHeader(0x22eb, { sequence: 9 }), header, ...sub, mirrored]));
}

/** IEEE 802.1BR. */
export function eTag(inner: Wrapped, port: number): Wrapped {
  const words = [u16(0x2000), u16(port & 0x3fff), Uint8Array.of(0, port >> 14), u16(inner.etherType)];
  return { bytes: concat([...words, inner.bytes]), etherType: 0x893f };
}

/** To the interface with this number, or from it. */
export function vnTag(inner: Wrapped, port: number, toInterface: boolean): Wrapped {
  const words = toInterface ? [u16(0x8000 | port), u16(0x0aaa)] : [u16(0x0aaa), u16(port)];
  return { bytes: concat([...words, u16(inner.etherType), inner.bytes]), etherType: 0x8926 };
}

/** IEEE 802.1ah. */
export function macInMac(inner: Wrapped, service: number): Wrapped {
  return { bytes: concat([u32((0x60000000 | service) >>> 0), framed(inner)]), etherType: 0x88e7 };
}

/** LLC and SNAP before what has an EtherType. */
export function snap({ etherType, bytes }: Wrapped, organisation = 0): Uint8Array {
  const head = Uint8Array.of(0xaa, 0xaa, 3, 0, 0, organisation);
  return concat([head, u16(etherType), bytes]);
}

export interface WlanSpec {
  /** The first two bytes: what kind of frame, and its flags. */
  readonly control?: number;
  /** Sequence control and what follows it: a fourth address, QoS, HT control. */
  readonly rest?: Uint8Array;
}

/** A data frame of Wi-Fi in GRE, as Aruba's access points send it. */
export function arubaGre(inner: Wrapped, protocol: number, spec: WlanSpec = {}): Wrapped {
  const { control = 0x0801, rest = new Uint8Array(2) } = spec;
  const wlan = concat([u16(control), new Uint8Array(20), rest, snap(inner)]);
  return carried(47, concat([greHeader(protocol), wlan]));
}

/** RFC 8086. */
export function greInUdp(inner: Wrapped, spec: GreSpec = {}): Wrapped {
  return carried(17, udp(4754, concat([greHeader(inner.etherType, spec), inner.bytes])));
}

/** As SixXS had it: an identity of 16 bytes, a signature of 20. */
export function ayiya(inner: Wrapped): Wrapped {
  const next = inner.etherType === IPV6 ? 41 : 4;
  const head = concat([Uint8Array.of(0x41, 0x52, 0x11, next), u32(1), new Uint8Array(36)]);
  return carried(17, udp(5072, concat([head, inner.bytes])));
}

/** RFC 2661; with all optional fields, or none. */
export function l2tp(inner: Wrapped, session: number, isFull: boolean): Wrapped {
  const ppp = concat([hexPpp(inner), inner.bytes]);
  const ids = concat([u16(1), u16(session)]);
  const full = concat([u16(0x4a02), u16(16 + ppp.length), ids, u32(0), u16(2), u16(0xffff), ppp]);
  return carried(17, udp(1701, isFull ? full : concat([u16(0x0002), ids, ppp])));
}

function hexPpp({ etherType }: Wrapped): Uint8Array {
  return Uint8Array.of(0xff, 3, 0, etherType === IPV6 ? 0x57 : 0x21);
}

/** RFC 4380: IPv6 behind these indications. */
export function teredo(inner: Wrapped, ...indications: readonly Uint8Array[]): Wrapped {
  return carried(17, udp(3544, concat([...indications, inner.bytes])));
}

export function etherIp(inner: Wrapped): Wrapped {
  return carried(97, concat([u16(0x3000), framed(inner)]));
}

/** In IP, or in UDP. */
export function mplsOver(inner: Wrapped, label: number, isUdp: boolean): Wrapped {
  const { bytes } = mpls(inner, label);
  return isUdp ? carried(17, udp(6635, bytes)) : carried(137, bytes);
}

/** IPv4 or IPv6 in either of them. */
export function ipInIp(inner: Wrapped, isIPv6 = false): Wrapped {
  return carried(inner.etherType === IPV6 ? 41 : 4, inner.bytes, isIPv6);
}

export function vxlan(inner: Wrapped, vni = 42, port = 4789, isIPv6 = false): Wrapped {
  return carried(17, udp(port, concat([u32(0x08000000), u32(vni << 8), framed(inner)])), isIPv6);
}

export function vxlanGpe(inner: Wrapped, vni = 42): Wrapped {
  const next = inner.etherType === IPV6 ? 2 : 1;
  return carried(17, udp(4790, concat([u32(0x0c000000 | next), u32(vni << 8), inner.bytes])));
}

export interface GeneveSpec {
  readonly vni?: number;
  /** In units of 4 bytes. */
  readonly options?: number;
  readonly isBridged?: boolean;
}

export function geneve(
  inner: Wrapped,
  { vni = 42, options = 0, isBridged = true }: GeneveSpec = {},
): Wrapped {
  const header = concat([
    Uint8Array.of(options, 0),
    u16(isBridged ? BRIDGED : inner.etherType),
    u32(vni << 8),
  ]);
  const payload = isBridged ? framed(inner) : inner.bytes;
  return carried(17, udp(6081, concat([header, new Uint8Array(options * 4).fill(0x5a), payload])));
}

/** @param extensions lengths in units of 4 bytes; undefined: no optional fields at all */
export function gtpU(inner: Wrapped, endpoint = 0xabcdef01, extensions?: readonly number[]): Wrapped {
  const optional =
    extensions === undefined
      ? []
      : [
          Uint8Array.of(0, 1, 0, extensions.length > 0 ? 0x85 : 0),
          ...extensions.map((units, i) => {
            const header = new Uint8Array(units * 4);
            header[0] = units;
            header[header.length - 1] = i === extensions.length - 1 ? 0 : 0x85;
            return header;
          }),
        ];
  const payload = concat([...optional, inner.bytes]);
  const flags = extensions === undefined ? 0x30 : extensions.length > 0 ? 0x34 : 0x32;
  return carried(
    17,
    udp(2152, concat([Uint8Array.of(flags, 0xff), u16(payload.length), u32(endpoint), payload])),
  );
}
