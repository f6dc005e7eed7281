/**
 * A packet without its tunnels, and whole if it came in pieces: the innermost IP packet behind the plainest
 * link layer that can carry it. Headers of tunnels, and of link layers that tell more than addresses (PKTAP
 * names programs), would say who somebody is.
 */
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from '../decode/link-layer.ts';
import {
  LINKTYPE_EN10MB,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_RAW,
} from '../basics/link-types.ts';
import type { SelectedPacket } from './packet-selector.ts';

export interface PlainPacket {
  /** A copy. */
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly linkType: number;
}

const ETHERNET_HEADER = 14;
const SLL_HEADER = 16;
const SLL2_HEADER = 20;

export function withoutTunnel(packet: SelectedPacket): PlainPacket {
  const { networkStart, networkEnd, networkWireEnd, data } = packet.segment;
  const { linkType, bytes: header } = plainHeader(packet);
  const inner = data.subarray(networkStart, networkEnd);
  const bytes = new Uint8Array(header.length + inner.length);
  bytes.set(header);
  bytes.set(inner, header.length);
  return { bytes, originalLength: header.length + networkWireEnd - networkStart, linkType };
}

function plainHeader({
  data,
  start,
  linkType,
  segment,
}: SelectedPacket): Omit<PlainPacket, 'originalLength'> {
  const etherType = segment.isIPv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
  const withType = (length: number, typeAt: number) => {
    const bytes = data.slice(start, start + length);
    bytes[typeAt] = etherType >> 8;
    bytes[typeAt + 1] = etherType & 0xff;
    return { bytes, linkType };
  };
  switch (linkType) {
    case LINKTYPE_EN10MB:
      return withType(ETHERNET_HEADER, ETHERNET_HEADER - 2);
    case LINKTYPE_LINUX_SLL:
      return withType(SLL_HEADER, SLL_HEADER - 2);
    case LINKTYPE_LINUX_SLL2:
      return withType(SLL2_HEADER, 0);
    default:
      return { bytes: new Uint8Array(0), linkType: LINKTYPE_RAW };
  }
}
