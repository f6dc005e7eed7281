/**
 * ICMP and ICMPv6 messages that report a TCP segment as undeliverable (RFC 792, RFC 1191, RFC 1812 §5.2.7, RFC 4443 §3). They
 * quote the segment's IP header and at least the first eight bytes of its TCP header: ports and sequence number.
 */
import { formatIPv4, formatIPv6 } from '../basics/ip-address.ts';
import { viewOf } from '../basics/view-of.ts';
import {
  IPV4_FRAGMENT_MASK,
  IPV4_HEADER,
  IPV6_HEADER,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
} from './ip-numbers.ts';
import type { Segment } from './segment.ts';

export type IcmpReason =
  | 'host unreachable'
  | 'network unreachable'
  | 'port unreachable'
  | 'administratively prohibited'
  | 'packet too big'
  | 'unreachable';

export interface IcmpError {
  /** Who sent it. */
  readonly from: string;
  readonly reason: IcmpReason;
  /** Of "packet too big": the largest packet that would pass; null where it does not say. */
  readonly mtu: number | null;
}

const ICMP_HEADER = 8;
/** Ports and sequence number. */
const QUOTED_TCP = 8;

const IPV4_UNREACHABLE = 3;
const IPV6_UNREACHABLE = 1;
const IPV6_TOO_BIG = 2;

/** By code, of ICMP's type 3. */
const IPV4_REASONS: Readonly<Record<number, IcmpReason>> = {
  0: 'network unreachable',
  1: 'host unreachable',
  3: 'port unreachable',
  4: 'packet too big',
  6: 'network unreachable',
  7: 'host unreachable',
  9: 'administratively prohibited',
  10: 'administratively prohibited',
  11: 'network unreachable',
  12: 'host unreachable',
  13: 'administratively prohibited',
};

/** By code, of ICMPv6's type 1. */
const IPV6_REASONS: Readonly<Record<number, IcmpReason>> = {
  0: 'network unreachable',
  1: 'administratively prohibited',
  3: 'host unreachable',
  4: 'port unreachable',
  5: 'administratively prohibited',
  6: 'administratively prohibited',
};

/**
 * Reads the message in the packet whose IP header begins at `at`. The addresses, ports and sequence number of the segment that it
 * quotes go into `segment`. null where it reports nothing, or quotes no TCP segment.
 */
export function readIcmpError(data: Uint8Array, at: number, end: number, segment: Segment): IcmpError | null {
  return data[at]! >> 4 === 6 ? readIPv6(data, at, end, segment) : readIPv4(data, at, end, segment);
}

function readIPv4(data: Uint8Array, at: number, end: number, segment: Segment): IcmpError | null {
  const icmp = at + headerLengthOf(data, at);
  const quoted = icmp + ICMP_HEADER;
  if (end - at < IPV4_HEADER || end - quoted < IPV4_HEADER + QUOTED_TCP) return null;
  const view = viewOf(data);
  if (data[at + 9] !== PROTOCOL_ICMP || data[icmp] !== IPV4_UNREACHABLE) return null;
  const tcp = quoted + headerLengthOf(data, quoted);
  const isFragment = (view.getUint16(quoted + 6) & IPV4_FRAGMENT_MASK & 0x1fff) !== 0;
  if (data[quoted]! >> 4 !== 4 || data[quoted + 9] !== PROTOCOL_TCP || isFragment) return null;
  if (tcp - quoted < IPV4_HEADER || end - tcp < QUOTED_TCP) return null;
  segment.isIPv6 = false;
  segment.addresses[0] = view.getInt32(quoted + 12);
  segment.addresses[4] = view.getInt32(quoted + 16);
  quotePorts(view, tcp, segment);
  const reason = IPV4_REASONS[data[icmp + 1]!] ?? 'unreachable';
  const mtu = reason === 'packet too big' ? view.getUint16(icmp + 6) : 0;
  return { from: formatIPv4(view.getInt32(at + 12)), reason, mtu: mtu === 0 ? null : mtu };
}

function readIPv6(data: Uint8Array, at: number, end: number, segment: Segment): IcmpError | null {
  const icmp = at + IPV6_HEADER;
  const quoted = icmp + ICMP_HEADER;
  const tcp = quoted + IPV6_HEADER;
  if (end - tcp < QUOTED_TCP || data[at + 6] !== PROTOCOL_ICMPV6) return null;
  const type = data[icmp];
  if (type !== IPV6_UNREACHABLE && type !== IPV6_TOO_BIG) return null;
  if (data[quoted]! >> 4 !== 6 || data[quoted + 6] !== PROTOCOL_TCP) return null;
  const view = viewOf(data);
  segment.isIPv6 = true;
  for (let word = 0; word < 8; word++) segment.addresses[word] = view.getInt32(quoted + 8 + 4 * word);
  quotePorts(view, tcp, segment);
  const source = [0, 4, 8, 12].map((offset) => view.getInt32(at + 8 + offset));
  const isTooBig = type === IPV6_TOO_BIG;
  return {
    from: formatIPv6(source),
    reason: isTooBig ? 'packet too big' : (IPV6_REASONS[data[icmp + 1]!] ?? 'unreachable'),
    mtu: isTooBig ? view.getUint32(icmp + 4) : null,
  };
}

function quotePorts(view: DataView, tcp: number, segment: Segment): void {
  segment.sourcePort = view.getUint16(tcp);
  segment.destinationPort = view.getUint16(tcp + 2);
  segment.sequence = view.getInt32(tcp + 4);
}

function headerLengthOf(data: Uint8Array, at: number): number {
  return (data[at]! & 0x0f) << 2;
}
