/**
 * Where the headers and the payload of a packet are that decode/ has accepted as TCP, as indexes into the
 * packet.
 */
import { networkLayer, ETHERTYPE_IPV6, type NetworkLayer } from '../decode/link-layer.ts';
import type { Segment } from '../decode/segment.ts';

export interface PacketLayout {
  readonly isIPv6: boolean;
  /** First byte of the IP header, after its last one (with IPv4's options), of the TCP header, of the payload; the last may lie beyond what was captured. */
  readonly ip: number;
  readonly headerEnd: number;
  readonly tcp: number;
  readonly payload: number;
  /** After the last payload byte on the wire; what follows is the link layer's padding. */
  readonly end: number;
  /** IPv6 extension headers before TCP; IPv4 may have one, that of IPsec's authentication. */
  readonly extensions: readonly ExtensionHeader[];
}

export interface ExtensionHeader {
  /** The number that the header before it gives. */
  readonly kind: number;
  readonly start: number;
  readonly end: number;
}

const IPV4_PROTOCOL = 9;
const IPV6_HEADER = 40;
const IPV6_NEXT_HEADER = 6;
const TCP = 6;
export const FRAGMENT_HEADER = 44;
export const AUTHENTICATION_HEADER = 51;

const layer: NetworkLayer = { etherType: 0, offset: 0 };

/** @param packet the captured bytes, from the link layer on, of which `segment` was decoded */
export function layoutOf(
  packet: Uint8Array,
  linkType: number,
  originalLength: number,
  segment: Segment,
): PacketLayout {
  networkLayer(packet, 0, packet.length, linkType, layer);
  const ip = layer.offset;
  const isIPv6 = layer.etherType === ETHERTYPE_IPV6;
  const headerEnd = ip + (isIPv6 ? IPV6_HEADER : (packet[ip]! & 0x0f) << 2);
  const extensions = extensionHeaders(
    packet,
    headerEnd,
    packet[ip + (isIPv6 ? IPV6_NEXT_HEADER : IPV4_PROTOCOL)]!,
  );
  const tcp = extensions.at(-1)?.end ?? headerEnd;
  const payload = tcp + ((packet[tcp + 12]! >> 4) << 2);
  return {
    isIPv6,
    ip,
    headerEnd,
    tcp,
    payload,
    end: Math.min(payload + segment.payloadLength, originalLength),
    extensions,
  };
}

function extensionHeaders(packet: Uint8Array, at: number, first: number): ExtensionHeader[] {
  const headers: ExtensionHeader[] = [];
  let kind = first;
  let start = at;
  while (kind !== TCP) {
    const length = packet[start + 1]!;
    const end =
      start +
      (kind === FRAGMENT_HEADER ? 8 : kind === AUTHENTICATION_HEADER ? (length + 2) << 2 : (length + 1) << 3);
    headers.push({ kind, start, end });
    kind = packet[start]!;
    start = end;
  }
  return headers;
}
