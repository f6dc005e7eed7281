/**
 * Headers behind an EtherType that say nothing about the network inside, only how a frame gets through this one: redundancy (HSR,
 * IEC 62439-3; R-TAG, IEEE 802.1CB), security groups (Cisco's metadata), TRILL (RFC 6325), service chains (NSH, RFC 8300).
 */
import { ETHERTYPE_BRIDGED, ETHERTYPE_MPLS, ETHERTYPE_NSH } from './ether-types.ts';
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from './link-layer.ts';
import { CUT, NOTHING, TYPE_FOLLOWS, type LayerCursor } from './layer-cursor.ts';

const TRILL_HEADER = 6;
const TRILL_OPTIONS = 0x07c0;
const TRILL_OPTIONS_SHIFT = 6;

const NSH_SHORTEST = 8;
const NSH_VERSION = 0xc000;
/** A packet of the chain itself. */
const NSH_IS_CONTROL = 0x2000;
const NSH_LENGTH = 0x3f;
const NSH_NEXT = 3;
const NSH_FOLLOWING: readonly (number | undefined)[] = [
  undefined,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_BRIDGED,
  ETHERTYPE_NSH,
  ETHERTYPE_MPLS,
];

/** A header of this length, before another EtherType. */
export function passHeader(cursor: LayerCursor, length: number): number {
  if (!cursor.has(length)) return CUT;
  cursor.skip(length);
  return TYPE_FOLLOWS;
}

export function readTrill(cursor: LayerCursor): number {
  if (!cursor.has(TRILL_HEADER)) return CUT;
  const first = cursor.uint16(0);
  if (first >> 14 !== 0) return NOTHING;
  const length = TRILL_HEADER + (((first & TRILL_OPTIONS) >> TRILL_OPTIONS_SHIFT) << 2);
  if (!cursor.has(length)) return CUT;
  cursor.skip(length);
  return ETHERTYPE_BRIDGED;
}

export function readNsh(cursor: LayerCursor): number {
  if (!cursor.has(NSH_SHORTEST)) return CUT;
  const first = cursor.uint16(0);
  const length = (first & NSH_LENGTH) << 2;
  const following = NSH_FOLLOWING[cursor.byte(NSH_NEXT)];
  if ((first & (NSH_VERSION | NSH_IS_CONTROL)) !== 0 || length < NSH_SHORTEST || following === undefined)
    return NOTHING;
  if (!cursor.has(length)) return CUT;
  cursor.skip(length);
  return following;
}
