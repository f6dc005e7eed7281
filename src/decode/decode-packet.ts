/**
 * A captured packet -> TCP segment, through link layer (link-layer.ts), IPv4 or IPv6 and the TCP header. HOT: called
 * once per packet; numbers only, the result goes into the one {@link Segment}. What this file doesn't read (tunnels,
 * fragments of IP packets, rarer link types) it only names; deep-decoder.ts then reads the packet. Implements RFC 791
 * (IPv4), RFC 8200 (IPv6), RFC 9293 §3.1 (TCP).
 */
import { LINKTYPE_LINUX_SLL2 } from '../basics/link-types.ts';
import { interfacePath } from './capture-route.ts';
import { isRead } from './ether-types.ts';
import {
  EXTENSION_AUTHENTICATION,
  EXTENSION_DESTINATION,
  EXTENSION_FRAGMENT,
  EXTENSION_HIP,
  EXTENSION_HOP_BY_HOP,
  EXTENSION_MOBILITY,
  EXTENSION_ROUTING,
  EXTENSION_SHIM6,
  extensionLength,
  IPV4_FRAGMENT_MASK,
  IPV4_HEADER,
  IPV6_FRAGMENT_MASK,
  IPV6_HEADER,
  MAX_EXTENSION_HEADERS,
  PROTOCOL_ETHER_IP,
  PROTOCOL_GRE,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_IPV4,
  PROTOCOL_IPV6,
  PROTOCOL_MPLS,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  mayHoldTcp,
} from './ip-numbers.ts';
import {
  networkLayer,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  UNSUPPORTED_LINK_TYPE,
  type NetworkLayer,
} from './link-layer.ts';
import type { Segment } from './segment.ts';
import { tunnelPort } from './udp-tunnels.ts';
import { viewOf } from '../basics/view-of.ts';

/** The results of decoding. Plain numbers, since they are compared once per packet. */
export const DECODED = 0;
/** Not TCP over IP: wscap ignores it. */
export const NOT_TCP = 1;
/** A link type that is not decoded here. */
export const LINK_TYPE_UNKNOWN = 2;
/** A piece of a fragmented IP packet. */
export const IP_FRAGMENT = 3;
/** Cut by the snapshot length inside the headers. */
export const HEADERS_CUT = 4;
/** Lengths that contradict each other, or headers longer than the packet was on the wire. */
export const MALFORMED = 5;
/** Inside a tunnel; this file doesn't look into tunnels. */
export const TUNNELED = 6;
/** More nested tunnels, tags or headers than any real traffic has. Only deep-decoder.ts returns this. */
export const TOO_DEEP = 7;
/** ICMP or ICMPv6, outside of tunnels: it may quote a TCP segment that could not be delivered. icmp-error.ts reads it. */
export const ICMP = 8;

export type DecodeResult =
  | typeof DECODED
  | typeof NOT_TCP
  | typeof LINK_TYPE_UNKNOWN
  | typeof IP_FRAGMENT
  | typeof HEADERS_CUT
  | typeof MALFORMED
  | typeof TUNNELED
  | typeof TOO_DEEP
  | typeof ICMP;

const UDP_HEADER = 8;

const IPV4_TOTAL_LENGTH = 2;
const IPV4_IDENTIFICATION = 4;
const IPV4_FRAGMENT = 6;
const IPV4_TTL = 8;
const IPV4_PROTOCOL = 9;
const IPV4_SOURCE = 12;
const IPV4_DESTINATION = 16;

const IPV6_PAYLOAD_LENGTH = 4;
const IPV6_NEXT_HEADER = 6;
const IPV6_HOP_LIMIT = 7;
const IPV6_SOURCE = 8;

const TCP_HEADER = 20;
/** UDP has its destination port in the same place. */
const TCP_DESTINATION_PORT = 2;
const TCP_SEQUENCE = 4;
const TCP_ACKNOWLEDGEMENT = 8;
const TCP_DATA_OFFSET = 12;
const TCP_FLAGS = 13;
const TCP_WINDOW = 14;
const TCP_CHECKSUM = 16;

/** Where the network layer begins; overwritten for every packet. */
const layer: NetworkLayer = { etherType: 0, offset: 0 };

/**
 * Fills `segment` (all but packet number and time) from the bytes `start` to `end` of `data`.
 * `originalLength` is the packet's length on the wire.
 */
export function decodePacket(
  data: Uint8Array,
  start: number,
  end: number,
  originalLength: number,
  linkType: number,
  segment: Segment,
): DecodeResult {
  const wireEnd = start + originalLength;
  const result = decodeLayers(data, start, end, wireEnd, linkType, segment);
  return result === HEADERS_CUT && end >= wireEnd ? MALFORMED : result;
}

/** Where the network layer of the last packet begins. */
export function networkStart(): number {
  return layer.offset;
}

function decodeLayers(
  data: Uint8Array,
  start: number,
  end: number,
  wireEnd: number,
  linkType: number,
  segment: Segment,
): DecodeResult {
  const problem = networkLayer(data, start, end, linkType, layer);
  segment.route = 0;
  if (problem !== 0) return problem === UNSUPPORTED_LINK_TYPE ? LINK_TYPE_UNKNOWN : HEADERS_CUT;
  if (linkType === LINKTYPE_LINUX_SLL2) segment.route = interfacePath(data, start);
  if (layer.etherType === ETHERTYPE_IPV4) return decodeIPv4(data, layer.offset, end, wireEnd, segment);
  if (layer.etherType === ETHERTYPE_IPV6) return decodeIPv6(data, layer.offset, end, wireEnd, segment);
  return isRead(layer.etherType) ? TUNNELED : NOT_TCP;
}

/** Starts at an IPv4 header; `end` and `wireEnd` are those of the layer that carries it. */
export function decodeIPv4(
  data: Uint8Array,
  at: number,
  end: number,
  wireEnd: number,
  segment: Segment,
): DecodeResult {
  if (end - at < IPV4_HEADER) return HEADERS_CUT;
  const view = viewOf(data);
  const first = data[at]!;
  if (first >> 4 !== 4) return MALFORMED;
  const protocol = data[at + IPV4_PROTOCOL]!;
  const headerLength = (first & 0x0f) << 2;
  let transportAt = at + headerLength;
  if (protocol !== PROTOCOL_TCP) {
    const isPiece = (view.getUint16(at + IPV4_FRAGMENT) & IPV4_FRAGMENT_MASK) !== 0;
    if (isPiece && headerLength >= IPV4_HEADER) return mayHoldTcp(protocol) ? IP_FRAGMENT : NOT_TCP;
    if (protocol !== EXTENSION_AUTHENTICATION || headerLength < IPV4_HEADER)
      return otherProtocol(data, protocol, transportAt, end);
    // IPsec that only signs (RFC 4302): what it carries stands in plain behind its header.
    if (end - transportAt < 2) return HEADERS_CUT;
    const next = data[transportAt]!;
    transportAt += extensionLength(EXTENSION_AUTHENTICATION, data[transportAt + 1]!);
    if (next !== PROTOCOL_TCP) return otherProtocol(data, next, transportAt, end);
  }
  if (headerLength < IPV4_HEADER) return MALFORMED;
  if ((view.getUint16(at + IPV4_FRAGMENT) & IPV4_FRAGMENT_MASK) !== 0) return IP_FRAGMENT;
  const totalLength = view.getUint16(at + IPV4_TOTAL_LENGTH);
  // 0: a segment over 64 KiB, captured before the network card split it (TSO); then its length is the captured
  // packet's.
  const payloadEnd = totalLength === 0 ? wireEnd : Math.min(at + totalLength, wireEnd);
  segment.isIPv6 = false;
  segment.addresses[0] = view.getInt32(at + IPV4_SOURCE);
  segment.addresses[4] = view.getInt32(at + IPV4_DESTINATION);
  segment.identification = view.getUint16(at + IPV4_IDENTIFICATION);
  segment.hopLimit = data[at + IPV4_TTL]!;
  return decodeTcp(data, transportAt, end, payloadEnd, segment);
}

/** Starts at an IPv6 header; `end` and `wireEnd` are those of the layer that carries it. */
export function decodeIPv6(
  data: Uint8Array,
  at: number,
  end: number,
  wireEnd: number,
  segment: Segment,
): DecodeResult {
  if (end - at < IPV6_HEADER) return HEADERS_CUT;
  if (data[at]! >> 4 !== 6) return MALFORMED;
  const view = viewOf(data);
  const payloadLength = view.getUint16(at + IPV6_PAYLOAD_LENGTH);
  // 0: a jumbogram (RFC 2675), or a large segment before offload; then its length is the captured packet's.
  const payloadEnd = payloadLength === 0 ? wireEnd : Math.min(at + IPV6_HEADER + payloadLength, wireEnd);
  let next = data[at + IPV6_NEXT_HEADER]!;
  let offset = at + IPV6_HEADER;
  for (let depth = 0; next !== PROTOCOL_TCP; depth++) {
    if (depth === MAX_EXTENSION_HEADERS) return MALFORMED;
    switch (next) {
      case EXTENSION_HOP_BY_HOP:
      case EXTENSION_ROUTING:
      case EXTENSION_DESTINATION:
      case EXTENSION_MOBILITY:
      case EXTENSION_HIP:
      case EXTENSION_SHIM6:
        if (end - offset < 2) return HEADERS_CUT;
        next = data[offset]!;
        offset += (data[offset + 1]! + 1) << 3; // in units of 8 bytes, not counting the first
        break;
      case EXTENSION_AUTHENTICATION:
        if (end - offset < 2) return HEADERS_CUT;
        next = data[offset]!;
        offset += (data[offset + 1]! + 2) << 2; // in units of 4 bytes, not counting the first two
        break;
      case EXTENSION_FRAGMENT:
        if (end - offset < 8) return HEADERS_CUT;
        // An atomic fragment (RFC 6946: offset 0, no more fragments) is a whole packet.
        if ((view.getUint16(offset + 2) & IPV6_FRAGMENT_MASK) !== 0)
          return mayHoldTcp(data[offset]!) ? IP_FRAGMENT : NOT_TCP;
        next = data[offset]!;
        offset += 8;
        break;
      default:
        return otherProtocol(data, next, offset, end);
    }
  }
  segment.isIPv6 = true;
  for (let word = 0; word < 8; word++) {
    segment.addresses[word] = view.getInt32(at + IPV6_SOURCE + (word << 2));
  }
  segment.identification = 0;
  segment.hopLimit = data[at + IPV6_HOP_LIMIT]!;
  return decodeTcp(data, offset, end, payloadEnd, segment);
}

/** A packet that isn't TCP may be a tunnel with TCP inside. */
function otherProtocol(data: Uint8Array, protocol: number, at: number, end: number): DecodeResult {
  switch (protocol) {
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
    case PROTOCOL_GRE:
    case PROTOCOL_ETHER_IP:
    case PROTOCOL_MPLS:
      return TUNNELED;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return ICMP;
    case PROTOCOL_UDP: {
      if (end - at < UDP_HEADER) return NOT_TCP;
      const view = viewOf(data);
      const port = tunnelPort(view.getUint16(at), view.getUint16(at + TCP_DESTINATION_PORT));
      return port === 0 ? NOT_TCP : TUNNELED;
    }
    default:
      return NOT_TCP;
  }
}

function decodeTcp(
  data: Uint8Array,
  at: number,
  end: number,
  payloadEnd: number,
  segment: Segment,
): DecodeResult {
  if (end - at < TCP_HEADER) return HEADERS_CUT;
  const view = viewOf(data);
  const headerLength = (data[at + TCP_DATA_OFFSET]! >> 4) << 2;
  const payloadStart = at + headerLength;
  if (headerLength < TCP_HEADER || payloadStart > payloadEnd) return MALFORMED;
  segment.sourcePort = view.getUint16(at);
  segment.destinationPort = view.getUint16(at + TCP_DESTINATION_PORT);
  segment.sequence = view.getInt32(at + TCP_SEQUENCE);
  segment.acknowledgement = view.getInt32(at + TCP_ACKNOWLEDGEMENT);
  segment.flags = data[at + TCP_FLAGS]!;
  segment.window = view.getUint16(at + TCP_WINDOW);
  segment.checksum = view.getUint16(at + TCP_CHECKSUM);
  segment.data = data;
  // Bytes past the IP length are Ethernet padding; bytes past `end` were not captured.
  const capturedEnd = Math.min(payloadEnd, end);
  segment.optionsStart = at + TCP_HEADER;
  segment.payloadStart = Math.min(payloadStart, capturedEnd);
  segment.payloadEnd = capturedEnd;
  segment.payloadLength = payloadEnd - payloadStart;
  return DECODED;
}
