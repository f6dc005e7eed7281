/**
 * Link types that are too rare for the hot route: PPP, PKTAP (macOS), NFLOG (Linux netfilter), pflog (BSD), C-HDLC, MPLS.
 * Formats: https://www.tcpdump.org/linktypes.html; PKTAP as in Apple's libpcap, pcap/pktap.h.
 */
import {
  LINKTYPE_C_HDLC,
  LINKTYPE_MPLS,
  LINKTYPE_NFLOG,
  LINKTYPE_PFLOG,
  LINKTYPE_PKTAP,
  LINKTYPE_PKTAP_DLT,
  LINKTYPE_PPP,
  LINKTYPE_PPP_ETHER,
  LINKTYPE_PPP_PPPD,
  LINKTYPE_PPP_SERIAL,
  LINKTYPE_PPP_WITH_DIRECTION,
} from '../basics/link-types.ts';
import { ETHERTYPE_MPLS, ETHERTYPE_PPP, ETHERTYPE_PPPOE } from './ether-types.ts';
import { ANY_IP, CUT, NOTHING, UNREADABLE, type LayerCursor } from './layer-cursor.ts';

/** A link type of its own is inside; {@link innerLinkType} says which. No number that an EtherType can have. */
export const LINK_TYPE_INSIDE = 0x1_0001;

const HDLC_HEADER = 4;
/** Unicast and multicast: Cisco's HDLC carries an EtherType. */
const CISCO_ADDRESSES: readonly number[] = [0x0f, 0x8f];

const PKTAP_LINK_TYPE = 8;
const PKTAP_SHORTEST = 12;
/** `pth_type_next` where a packet follows. */
const PKTAP_PACKET = 1;

const NFLOG_HEADER = 4;
const NFLOG_ATTRIBUTE = 4;
const NFLOG_PAYLOAD = 9;
/** @bound NFLOG attributes: {count} */
const NFLOG_MAX_ATTRIBUTES = 64;
const AF_INET = 2;
const AF_INET6 = 10;

const PFLOG_SHORTEST = 4;

/** Moves behind the link layer of a packet of this type; undefined where the type is none of these. */
export function readRareLinkLayer(cursor: LayerCursor, linkType: number): number | undefined {
  switch (linkType) {
    case LINKTYPE_PPP:
      return ETHERTYPE_PPP;
    case LINKTYPE_PPP_SERIAL:
      return readSerial(cursor);
    case LINKTYPE_PPP_ETHER:
      return ETHERTYPE_PPPOE;
    case LINKTYPE_PPP_PPPD:
    case LINKTYPE_PPP_WITH_DIRECTION:
      return readDirected(cursor);
    case LINKTYPE_C_HDLC:
      return readCiscoHdlc(cursor);
    case LINKTYPE_MPLS:
      return ETHERTYPE_MPLS;
    case LINKTYPE_PKTAP:
    case LINKTYPE_PKTAP_DLT:
      return readPktap(cursor);
    case LINKTYPE_NFLOG:
      return readNflog(cursor);
    case LINKTYPE_PFLOG:
      return readPflog(cursor);
    default:
      return undefined;
  }
}

/** The link type of the packet in a PKTAP header, of which {@link LINK_TYPE_INSIDE} was said. */
export function innerLinkType(cursor: LayerCursor): number {
  const linkType = cursor.uint32LE(PKTAP_LINK_TYPE);
  cursor.skip(cursor.uint32LE(0));
  return linkType;
}

/** PPP, or Cisco's HDLC, on the same line. */
function readSerial(cursor: LayerCursor): number {
  return CISCO_ADDRESSES.includes(cursor.byte(0)) ? readCiscoHdlc(cursor) : ETHERTYPE_PPP;
}

/** A byte that says who sent it; pppd puts it in place of the address field, others before it. */
function readDirected(cursor: LayerCursor): number {
  cursor.skip(cursor.byte(1) === 0x03 ? 2 : 1);
  return ETHERTYPE_PPP;
}

function readCiscoHdlc(cursor: LayerCursor): number {
  if (!cursor.has(HDLC_HEADER)) return CUT;
  const etherType = cursor.uint16(2);
  cursor.skip(HDLC_HEADER);
  return etherType;
}

/** In the byte order of the capturing machine, and all that write it are little-endian. */
function readPktap(cursor: LayerCursor): number {
  if (!cursor.has(PKTAP_SHORTEST)) return CUT;
  const length = cursor.uint32LE(0);
  if (cursor.uint32LE(4) !== PKTAP_PACKET || length < PKTAP_SHORTEST) return NOTHING;
  if (!cursor.has(length)) return CUT;
  const inner = cursor.uint32LE(PKTAP_LINK_TYPE);
  return inner === LINKTYPE_PKTAP || inner === LINKTYPE_PKTAP_DLT ? UNREADABLE : LINK_TYPE_INSIDE;
}

/** Attributes in the byte order of the capturing machine: the lengths fit in one order only. */
function readNflog(cursor: LayerCursor): number {
  if (!cursor.has(NFLOG_HEADER)) return CUT;
  const family = cursor.byte(0);
  if (family !== AF_INET && family !== AF_INET6) return NOTHING;
  cursor.skip(NFLOG_HEADER);
  const isLittleEndian = cursor.has(2) && cursor.byte(0) !== 0;
  for (let attributes = 0; attributes < NFLOG_MAX_ATTRIBUTES; attributes++) {
    if (!cursor.has(NFLOG_ATTRIBUTE)) return attributes === 0 || cursor.end < cursor.wireEnd ? CUT : NOTHING;
    const length = isLittleEndian ? swapped(cursor.uint16(0)) : cursor.uint16(0);
    const type = isLittleEndian ? swapped(cursor.uint16(2)) : cursor.uint16(2);
    if (length < NFLOG_ATTRIBUTE) return NOTHING;
    // The upper bits are flags of netlink.
    if ((type & 0x3fff) === NFLOG_PAYLOAD) {
      cursor.limit(length);
      cursor.skip(NFLOG_ATTRIBUTE);
      return ANY_IP;
    }
    cursor.skip((length + 3) & ~3);
  }
  return NOTHING;
}

function swapped(value: number): number {
  return ((value & 0xff) << 8) | (value >> 8);
}

function readPflog(cursor: LayerCursor): number {
  if (!cursor.has(PFLOG_SHORTEST)) return CUT;
  // Of the header without its padding to 4 bytes.
  const length = (cursor.byte(0) + 3) & ~3;
  if (length < PFLOG_SHORTEST) return NOTHING;
  if (!cursor.has(length + 1)) return CUT;
  cursor.skip(length);
  return ANY_IP;
}
