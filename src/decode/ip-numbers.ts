/** Numbers of IPv4 and IPv6 that several decoders need: RFC 791, RFC 8200, IANA's protocol numbers. */

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_IPV4 = 4;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_IPV6 = 41;
export const PROTOCOL_GRE = 47;
export const PROTOCOL_ICMPV6 = 58;
export const PROTOCOL_ETHER_IP = 97;
export const PROTOCOL_MPLS = 137;

export const IPV4_HEADER = 20;
/** More-fragments bit and fragment offset: non-zero on every piece of a fragmented packet. */
export const IPV4_FRAGMENT_MASK = 0x3fff;

export const IPV6_HEADER = 40;
export const IPV6_FRAGMENT_HEADER = 8;
/** Offset and more-fragments bit in the second word of the fragment header. */
export const IPV6_FRAGMENT_MASK = 0xfff9;
export const EXTENSION_HOP_BY_HOP = 0;
export const EXTENSION_ROUTING = 43;
export const EXTENSION_FRAGMENT = 44;
export const EXTENSION_AUTHENTICATION = 51;
export const EXTENSION_DESTINATION = 60;
export const EXTENSION_MOBILITY = 135;
export const EXTENSION_HIP = 139;
export const EXTENSION_SHIM6 = 140;
/**
 * No real traffic has more extension headers: a packet with more counts as malformed.
 * @bound IPv6 extension headers: {count}
 */
export const MAX_EXTENSION_HEADERS = 16;

/**
 * Is a fragmented packet with this protocol worth reassembling? Yes for TCP, for what may carry TCP, and for IPv6
 * extension headers.
 */
export function mayHoldTcp(protocol: number): boolean {
  switch (protocol) {
    case PROTOCOL_IPV4:
    case PROTOCOL_TCP:
    case PROTOCOL_UDP:
    case PROTOCOL_IPV6:
    case PROTOCOL_GRE:
    case PROTOCOL_ETHER_IP:
    case PROTOCOL_MPLS:
    case EXTENSION_ROUTING:
    case EXTENSION_AUTHENTICATION:
    case EXTENSION_DESTINATION:
      return true;
    default:
      return false;
  }
}

/** Length of an IPv6 extension header with this second byte; only fragment headers have a fixed length. */
export function extensionLength(kind: number, lengthByte: number): number {
  if (kind === EXTENSION_FRAGMENT) return IPV6_FRAGMENT_HEADER;
  // In units of 4 bytes, not counting the first two; all others in units of 8, not counting the first.
  return kind === EXTENSION_AUTHENTICATION ? (lengthByte + 2) << 2 : (lengthByte + 1) << 3;
}

export function isExtension(kind: number): boolean {
  switch (kind) {
    case EXTENSION_HOP_BY_HOP:
    case EXTENSION_ROUTING:
    case EXTENSION_FRAGMENT:
    case EXTENSION_AUTHENTICATION:
    case EXTENSION_DESTINATION:
    case EXTENSION_MOBILITY:
    case EXTENSION_HIP:
    case EXTENSION_SHIM6:
      return true;
    default:
      return false;
  }
}
