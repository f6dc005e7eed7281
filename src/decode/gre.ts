/**
 * GRE (RFC 2784; key and sequence number: RFC 2890), its version 1 for PPTP (RFC 2637), and ERSPAN inside it:
 * mirrored Ethernet frames (type I without a header, II, III: draft-foschiano-erspan). In UDP: RFC 8086.
 */
import {
  ETHERTYPE_BRIDGED,
  ETHERTYPE_ERSPAN,
  ETHERTYPE_ERSPAN_3,
  ETHERTYPE_PPP,
  ETHERTYPE_WCCP,
} from './ether-types.ts';
import { ANY_IP, CUT, DEEPER_THAN_READ, NOTHING, UNREADABLE, type LayerCursor } from './layer-cursor.ts';
import { ERSPAN, GRE } from './tunnel-kind.ts';
import type { TunnelTable } from './tunnel-table.ts';
import { readWlan } from './wlan.ts';

const GRE_HEADER = 4;
const HAS_CHECKSUM = 0x8000;
const HAS_ROUTING = 0x4000;
const HAS_KEY = 0x2000;
const HAS_SEQUENCE = 0x1000;
/** A flag of version 1. */
const HAS_ACKNOWLEDGEMENT = 0x0080;
const FIELD = 4;
const WCCP_HEADER = 4;
/** All but checksum, key and sequence number, which are the flags of GRE in UDP (RFC 8086 §3.1). */
const NOT_IN_UDP = 0x4fff;

/** Aruba numbers Wi-Fi frames by the queue that they were in: 8200, 8210 … 8370. */
const ARUBA_FIRST = 0x8200;
const ARUBA_LAST = 0x8370;
const ARUBA_STEP = 0x10;

const ERSPAN_2_HEADER = 8;
const ERSPAN_3_HEADER = 12;
const ERSPAN_SUBHEADER = 8;
const SESSION_MASK = 0x03ff;
/** A flag in the last byte of the type III header. */
const HAS_SUBHEADER = 0x01;
const FRAME_IS_IP = 2;

/** GRE in UDP (RFC 8086). Other things use its port, so what is no GRE header is nothing. */
export function readGreInUdp(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(GRE_HEADER)) return CUT;
  return (cursor.uint16(0) & NOT_IN_UDP) === 0 ? readGre(cursor, tunnels) : NOTHING;
}

/** Enters the tunnel; the caller knows its addresses. */
export function readGre(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(GRE_HEADER)) return CUT;
  const flags = cursor.uint16(0);
  const protocol = cursor.uint16(2);
  const version = flags & 0x07;
  if (version > 1 || (flags & HAS_ROUTING) !== 0) return UNREADABLE;
  const hasKey = (flags & HAS_KEY) !== 0;
  const hasSequence = (flags & HAS_SEQUENCE) !== 0;
  const keyAt = GRE_HEADER + ((flags & HAS_CHECKSUM) === 0 ? 0 : FIELD);
  let length = keyAt + (hasKey ? FIELD : 0) + (hasSequence ? FIELD : 0);
  if (version === 1 && (flags & HAS_ACKNOWLEDGEMENT) !== 0) length += FIELD;
  if (!cursor.has(length)) return CUT;
  // In version 1, the key field holds a length and the id of the call.
  const key = !hasKey ? null : version === 1 ? cursor.uint16(keyAt + 2) : cursor.uint32(keyAt);
  cursor.skip(length);
  if (protocol === ETHERTYPE_ERSPAN) return readErspan(cursor, tunnels, hasSequence ? 2 : 1);
  if (protocol === ETHERTYPE_ERSPAN_3) return readErspan(cursor, tunnels, 3);
  if (!tunnels.enter(GRE, key)) return DEEPER_THAN_READ;
  // In version 1, a packet without a sequence number only acknowledges.
  if (protocol === ETHERTYPE_PPP && version === 1 && !hasSequence) return NOTHING;
  if (isArubaWlan(protocol)) return readWlan(cursor);
  return protocol === ETHERTYPE_WCCP ? readWccp(cursor) : protocol;
}

function isArubaWlan(protocol: number): boolean {
  return protocol >= ARUBA_FIRST && protocol <= ARUBA_LAST && protocol % ARUBA_STEP === 0;
}

function readErspan(cursor: LayerCursor, tunnels: TunnelTable, type: 1 | 2 | 3): number {
  if (type === 1) return tunnels.enter(ERSPAN, null) ? ETHERTYPE_BRIDGED : DEEPER_THAN_READ;
  const length = type === 2 ? ERSPAN_2_HEADER : ERSPAN_3_HEADER;
  if (!cursor.has(length)) return CUT;
  const session = cursor.uint16(2) & SESSION_MASK;
  const last = cursor.uint16(length - 2);
  const hasSubheader = type === 3 && (last & HAS_SUBHEADER) !== 0;
  const frameType = type === 3 ? (last >> 10) & 0x1f : 0;
  cursor.skip(length);
  if (hasSubheader) {
    if (!cursor.has(ERSPAN_SUBHEADER)) return CUT;
    cursor.skip(ERSPAN_SUBHEADER);
  }
  if (!tunnels.enter(ERSPAN, session)) return DEEPER_THAN_READ;
  return frameType === FRAME_IS_IP ? ANY_IP : frameType === 0 ? ETHERTYPE_BRIDGED : UNREADABLE;
}

/** The second version of WCCP has its own header before the packet, the first version has none. */
function readWccp(cursor: LayerCursor): number {
  if (!cursor.has(1)) return CUT;
  if (cursor.byte(0) >> 4 !== 4) {
    if (!cursor.has(WCCP_HEADER)) return CUT;
    cursor.skip(WCCP_HEADER);
  }
  return ANY_IP;
}
