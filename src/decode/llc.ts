/**
 * LLC headers (IEEE 802.2) that are more than SNAP with an EtherType of IP: SNAP for bridges (RFC 1042, IEEE 802.1H), with a whole
 * Ethernet frame (RFC 2684 §5.2), with a VLAN tag; and LLC's own number for IP.
 */
import { ETHERTYPE_BRIDGED } from './ether-types.ts';
import { ANY_IP, CUT, NOTHING, TYPE_FOLLOWS, type LayerCursor } from './layer-cursor.ts';

const LLC_HEADER = 3;
const SNAP_HEADER = 8;
const ORGANISATION = 3;
const TYPE = 6;
const SNAP = 0xaaaa;
const IP = 0x0606;
const UNNUMBERED_INFORMATION = 0x03;

const ORGANISATION_ETHERNET = 0x000000;
const ORGANISATION_BRIDGE_TUNNEL = 0x0000f8;
const ORGANISATION_802_1 = 0x0080c2;
/** Ethernet frames, with their checksum and without it; both have two bytes of padding in front. */
const BRIDGED_TYPES: readonly number[] = [0x0001, 0x0007];
const BRIDGED_PADDING = 2;

/** Leaves the cursor at the EtherType where one follows. */
export function readLlc(cursor: LayerCursor): number {
  if (!cursor.has(LLC_HEADER)) return CUT;
  const points = cursor.uint16(0);
  if (cursor.byte(2) !== UNNUMBERED_INFORMATION) return NOTHING;
  if (points === IP) {
    cursor.skip(LLC_HEADER);
    return ANY_IP;
  }
  if (points !== SNAP) return NOTHING;
  if (!cursor.has(SNAP_HEADER)) return CUT;
  const organisation = cursor.uint24(ORGANISATION);
  switch (organisation) {
    case ORGANISATION_ETHERNET:
    case ORGANISATION_BRIDGE_TUNNEL:
      cursor.skip(TYPE);
      return TYPE_FOLLOWS;
    case ORGANISATION_802_1:
      if (!BRIDGED_TYPES.includes(cursor.uint16(TYPE))) return NOTHING;
      cursor.skip(SNAP_HEADER + BRIDGED_PADDING);
      return ETHERTYPE_BRIDGED;
    default:
      return NOTHING;
  }
}
