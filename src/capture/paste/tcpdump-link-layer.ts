/**
 * Finds what a hex dump of tcpdump begins with: the IP header (`-x`, `-X`) or the link-layer header (`-xx`, `-XX`,
 * and also `-X` for a packet that was cut inside a header). It tries each place and takes the one where a plausible
 * IP header stands.
 */
import {
  LINKTYPE_EN10MB,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_NULL,
  LINKTYPE_RAW,
} from '../../basics/link-types.ts';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_QINQ = 0x88a8;
const ETHERTYPE_MPLS = 0x8847;
const ETHERTYPE_PPPOE = 0x8864;
const ETHERTYPE_E_TAG = 0x893f;
const ETHERTYPE_VN_TAG = 0x8926;
const ETHERTYPE_SERVICE_TAG = 0x88e7;
/** A smaller value is a length, and an LLC header follows. */
const ETHERTYPE_MINIMUM = 0x0600;
const SNAP_HEADER_LENGTH = 8;
const VLAN_TAG_LENGTH = 4;
/** These three with the type behind them; the service tag has a whole Ethernet header there. */
const E_TAG_LENGTH = 8;
const VN_TAG_LENGTH = 6;
const SERVICE_TAG_LENGTH = 18;
const MPLS_LABEL_LENGTH = 4;
const MPLS_BOTTOM_AT = 2;
const MPLS_BOTTOM_FLAG = 0x01;
/** PPPoE's own six bytes and PPP's protocol. */
const PPPOE_HEADER_LENGTH = 8;

const NULL_HEADER_LENGTH = 4;
const ETHERNET_TYPE_AT = 12;
const ETHERNET_HEADER_LENGTH = 14;
const SLL_TYPE_AT = 14;
const SLL_HEADER_LENGTH = 16;
const SLL2_TYPE_AT = 0;
const SLL2_RESERVED_AT = 2;
const SLL2_HEADER_LENGTH = 20;

const IPV4_MIN_HEADER_LENGTH = 20;
const IPV4_TOTAL_LENGTH_AT = 2;
const IPV6_HEADER_LENGTH = 40;
const IPV6_PAYLOAD_LENGTH_AT = 4;
const IPV6_NEXT_HEADER_AT = 6;
/**
 * Extension headers (RFC 8200 §4), fragment, TCP, UDP, ICMPv6, ESP, AH, tunnels, SCTP: the bytes of a MAC address
 * rarely match one.
 */
const IPV6_NEXT_HEADERS: readonly number[] = [0, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 132];
/** Ethernet pads the payload of short frames up to this. */
const MIN_ETHERNET_PAYLOAD = 46;

export interface DumpStart {
  readonly linkType: number;
  /** Where the IP header begins. */
  readonly ipAt: number;
  /** Where the IP packet ends according to its header: the packet's length on the wire without padding. */
  readonly wireLength: number;
}

/**
 * @param ipVersion named by the header line, 0 if it names none
 * @returns undefined where no IP header is found, as for ARP
 */
export function findDumpStart(data: Uint8Array, length: number, ipVersion: 0 | 4 | 6): DumpStart | undefined {
  let best: DumpStart | undefined;
  let bestScore = 0;
  for (const { linkType, ipAt } of candidates(data, length)) {
    const version = ipAt < length ? data[ipAt]! >> 4 : 0;
    if (ipVersion !== 0 && version !== ipVersion) continue;
    const wireLength = ipAt + ipLength(data, ipAt, length, version);
    // A link-layer header whose type field says IP makes this place more likely.
    const score = wireLength === ipAt ? 0 : plausibility(length, wireLength, ipAt) + (ipAt > 0 ? 0.5 : 0);
    if (score > bestScore) {
      bestScore = score;
      best = { linkType, ipAt, wireLength };
    }
  }
  return best;
}

function candidates(data: Uint8Array, length: number): { linkType: number; ipAt: number }[] {
  const found = [{ linkType: LINKTYPE_RAW, ipAt: 0 }];
  const ethernet = ipBehindType(data, ETHERNET_TYPE_AT, ETHERNET_HEADER_LENGTH, length);
  if (ethernet !== undefined) found.push({ linkType: LINKTYPE_EN10MB, ipAt: ethernet });
  const sll = ipBehindType(data, SLL_TYPE_AT, SLL_HEADER_LENGTH, length);
  if (sll !== undefined) found.push({ linkType: LINKTYPE_LINUX_SLL, ipAt: sll });
  if (length > SLL2_HEADER_LENGTH && readBigEndian(data, SLL2_RESERVED_AT) === 0) {
    const sll2 = ipBehindType(data, SLL2_TYPE_AT, SLL2_HEADER_LENGTH, length);
    if (sll2 !== undefined) found.push({ linkType: LINKTYPE_LINUX_SLL2, ipAt: sll2 });
  }
  if (length > NULL_HEADER_LENGTH && isAddressFamily(data)) {
    found.push({ linkType: LINKTYPE_NULL, ipAt: NULL_HEADER_LENGTH });
  }
  return found;
}

/**
 * Follows the type field at `typeAt` past what stands between the link-layer header (which ends at `at`) and IP: VLAN
 * and other tags, SNAP, MPLS labels, PPPoE. Returns where the IP header begins; undefined if the types lead to something else.
 */
function ipBehindType(data: Uint8Array, typeAt: number, at: number, length: number): number | undefined {
  // Each turn advances by at least four bytes, so the loop ends with the data.
  while (at < length) {
    const type = readBigEndian(data, typeAt);
    switch (type) {
      case ETHERTYPE_IPV4:
      case ETHERTYPE_IPV6:
        return at;
      case ETHERTYPE_VLAN:
      case ETHERTYPE_QINQ:
        at += VLAN_TAG_LENGTH;
        break;
      case ETHERTYPE_E_TAG:
        at += E_TAG_LENGTH;
        break;
      case ETHERTYPE_VN_TAG:
        at += VN_TAG_LENGTH;
        break;
      case ETHERTYPE_SERVICE_TAG:
        at += SERVICE_TAG_LENGTH;
        break;
      case ETHERTYPE_MPLS:
        while (at + MPLS_LABEL_LENGTH < length && (data[at + MPLS_BOTTOM_AT]! & MPLS_BOTTOM_FLAG) === 0) {
          at += MPLS_LABEL_LENGTH;
        }
        return at + MPLS_LABEL_LENGTH;
      case ETHERTYPE_PPPOE:
        return at + PPPOE_HEADER_LENGTH;
      default:
        if (type >= ETHERTYPE_MINIMUM || data[at] !== 0xaa || data[at + 1] !== 0xaa) return undefined;
        at += SNAP_HEADER_LENGTH;
    }
    typeAt = at - 2;
  }
  return undefined;
}

/** The length that the IP header at `at` gives; 0 if there is none, or too little of it. */
function ipLength(data: Uint8Array, at: number, length: number, version: number): number {
  if (version === 4 && length - at >= IPV4_MIN_HEADER_LENGTH && (data[at]! & 0x0f) >= 5) {
    const total = readBigEndian(data, at + IPV4_TOTAL_LENGTH_AT);
    // With segmentation offload this field is 0 on large packets; then all captured bytes belong to the packet.
    if (total === 0) return length - at;
    return total >= IPV4_MIN_HEADER_LENGTH ? total : 0;
  }
  if (version === 6 && length - at >= IPV6_HEADER_LENGTH) {
    if (!IPV6_NEXT_HEADERS.includes(data[at + IPV6_NEXT_HEADER_AT]!)) return 0;
    return IPV6_HEADER_LENGTH + readBigEndian(data, at + IPV6_PAYLOAD_LENGTH_AT);
  }
  return 0;
}

/**
 * A header whose length matches the number of bytes exactly is hardly there by chance; one that leaves bytes over is
 * less sure.
 */
function plausibility(length: number, wireLength: number, ipAt: number): number {
  if (wireLength === length) return 4;
  if (wireLength > length) return 2;
  return length - ipAt <= MIN_ETHERNET_PAYLOAD ? 3 : 1;
}

/** AF_INET, or AF_INET6 of one of the BSDs (24, 28) and macOS (30), in either byte order. */
function isAddressFamily(data: Uint8Array): boolean {
  const family = data[0] === 0 ? data[3]! : data[0]!;
  const rest = data[0] === 0 ? data[1]! | data[2]! : data[1]! | data[2]! | data[3]!;
  return rest === 0 && (family === 2 || family === 24 || family === 28 || family === 30);
}

function readBigEndian(data: Uint8Array, at: number): number {
  return (data[at]! << 8) | data[at + 1]!;
}
