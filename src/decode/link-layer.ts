/**
 * Finds a packet's network layer: link-layer headers, VLAN tags, LLC/SNAP. HOT: called once per packet. Formats:
 * https://www.tcpdump.org/linktypes.html, IEEE 802.1Q, IEEE 802.2.
 */

import {
  DLT_RAW_12,
  DLT_RAW_14,
  LINKTYPE_EN10MB,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_LOOP,
  LINKTYPE_NULL,
  LINKTYPE_RAW,
} from '../basics/link-types.ts';
import { ETHERTYPE_LLC, ETHERTYPE_QINQ, ETHERTYPE_QINQ_OLD, ETHERTYPE_VLAN } from './ether-types.ts';

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;
/** A smaller value is the length field of 802.3, and an LLC header follows. */
const ETHERTYPE_MINIMUM = 0x0600;

const ETHERNET_HEADER = 14;
const ETHERNET_TYPE = 12;
const SLL_HEADER = 16;
const SLL_PROTOCOL = 14;
const SLL2_HEADER = 20;
const VLAN_TAG = 4;
const LLC_SNAP_HEADER = 8;
const SNAP_TYPE = 6;
/**
 * No real traffic has more tags: after this many, the next tag is returned as the network layer.
 * @bound VLAN tags: {count}
 */
const MAX_VLAN_TAGS = 8;

export interface NetworkLayer {
  etherType: number;
  /** Index of the network layer's first byte. */
  offset: number;
}

/** Results of {@link networkLayer}. */
const FOUND = 0;
const CUT = 1;
export const UNSUPPORTED_LINK_TYPE = 2;

/** Fills `result`. Returns 0, or why it couldn't: 1 the headers are cut, 2 the link type is unknown. */
export function networkLayer(
  data: Uint8Array,
  start: number,
  end: number,
  linkType: number,
  result: NetworkLayer,
): 0 | 1 | 2 {
  switch (linkType) {
    case LINKTYPE_EN10MB:
      return fromEtherType(data, start + ETHERNET_TYPE, start + ETHERNET_HEADER, end, result);
    case LINKTYPE_LINUX_SLL:
      return fromEtherType(data, start + SLL_PROTOCOL, start + SLL_HEADER, end, result);
    case LINKTYPE_LINUX_SLL2:
      return fromEtherType(data, start, start + SLL2_HEADER, end, result);
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP:
      return fromAddressFamily(data, start, end, result);
    case LINKTYPE_RAW:
    case DLT_RAW_12:
    case DLT_RAW_14:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6:
      if (start >= end) return CUT;
      result.etherType = data[start]! >> 4 === 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
      result.offset = start;
      return FOUND;
    default:
      return UNSUPPORTED_LINK_TYPE;
  }
}

/**
 * What an EtherType at `typeAt` announces, VLAN tags and SNAP passed over; `networkAt` is where its layer begins. As
 * {@link networkLayer}.
 */
export function fromEtherType(
  data: Uint8Array,
  typeAt: number,
  networkAt: number,
  end: number,
  result: NetworkLayer,
): 0 | 1 {
  if (networkAt > end) return CUT;
  let etherType = uint16(data, typeAt);
  let offset = networkAt;
  for (let tags = 0; isVlan(etherType) && tags < MAX_VLAN_TAGS; tags++) {
    if (offset + VLAN_TAG > end) return CUT;
    etherType = uint16(data, offset + 2);
    offset += VLAN_TAG;
  }
  if (etherType < ETHERTYPE_MINIMUM) {
    const announced =
      offset + LLC_SNAP_HEADER <= end && isSnap(data, offset) ? uint16(data, offset + SNAP_TYPE) : 0;
    if (announced >= ETHERTYPE_MINIMUM && !isVlan(announced)) {
      etherType = announced;
      offset += LLC_SNAP_HEADER;
    } else {
      // llc.ts reads the other forms.
      etherType = ETHERTYPE_LLC;
    }
  }
  result.etherType = etherType;
  result.offset = offset;
  return FOUND;
}

function uint16(data: Uint8Array, at: number): number {
  return (data[at]! << 8) | data[at + 1]!;
}

function isVlan(etherType: number): boolean {
  return etherType === ETHERTYPE_VLAN || etherType === ETHERTYPE_QINQ || etherType === ETHERTYPE_QINQ_OLD;
}

/** LLC with SNAP and the Ethernet organisation code: AA AA 03 00 00 00. */
function isSnap(data: Uint8Array, at: number): boolean {
  return (
    data[at] === 0xaa &&
    data[at + 1] === 0xaa &&
    data[at + 2] === 0x03 &&
    data[at + 3] === 0 &&
    data[at + 4] === 0 &&
    data[at + 5] === 0
  );
}

/**
 * BSD loopback: an address family in the byte order of the capturing machine (NULL) or of the network (LOOP).
 * Families are small numbers, so only the last or only the first byte is not zero.
 */
function fromAddressFamily(data: Uint8Array, start: number, end: number, result: NetworkLayer): 0 | 1 {
  const offset = start + 4;
  if (offset > end) return CUT;
  const bigEndian =
    (data[start]! << 24) | (data[start + 1]! << 16) | (data[start + 2]! << 8) | data[start + 3]!;
  const family = (bigEndian & 0xffffff) === 0 ? bigEndian >>> 24 : bigEndian;
  result.offset = offset;
  switch (family) {
    case 2: // AF_INET everywhere
      result.etherType = ETHERTYPE_IPV4;
      break;
    case 10: // AF_INET6 on Linux,
    case 23: // Windows,
    case 24: // NetBSD and OpenBSD,
    case 28: // FreeBSD,
    case 30: // macOS
      result.etherType = ETHERTYPE_IPV6;
      break;
    default:
      result.etherType = 0;
  }
  return FOUND;
}
