/**
 * Tags between an Ethernet header and its type, of switches that tell more than a VLAN: E-TAG (IEEE 802.1BR) and VN-Tag (its
 * predecessor of Cisco) name the port of an extender, the I-TAG (IEEE 802.1ah) a customer's network, whose whole frame follows.
 */
import { ETHERTYPE_BRIDGED } from './ether-types.ts';
import { CUT, DEEPER_THAN_READ, TYPE_FOLLOWS, type LayerCursor } from './layer-cursor.ts';
import { E_TAG, MAC_IN_MAC, VN_TAG } from './tunnel-kind.ts';
import type { TunnelTable } from './tunnel-table.ts';

const E_TAG_LENGTH = 6;
const VN_TAG_LENGTH = 4;
const I_TAG_LENGTH = 4;

/** The E-CID has its lower 12 bits in the second word, two more before them (the group), the upper 8 in the last byte. */
const E_CID_BASE = 0x3fff;
const E_CID_BASE_BITS = 14;

/** Set where the frame goes to the interface; else it comes from there. */
const VN_TO_INTERFACE = 0x8000;
const VN_DESTINATION = 0x3fff;
const VN_SOURCE = 0x0fff;

/** The tag of IEEE 802.1BR §7.5. */
export function readETag(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(E_TAG_LENGTH)) return CUT;
  const port = (cursor.byte(5) << E_CID_BASE_BITS) | (cursor.uint16(2) & E_CID_BASE);
  cursor.skip(E_TAG_LENGTH);
  return tunnels.enter(E_TAG, port) ? TYPE_FOLLOWS : DEEPER_THAN_READ;
}

export function readVnTag(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(VN_TAG_LENGTH)) return CUT;
  const first = cursor.uint16(0);
  const toInterface = (first & VN_TO_INTERFACE) !== 0;
  const port = toInterface ? first & VN_DESTINATION : cursor.uint16(2) & VN_SOURCE;
  cursor.skip(VN_TAG_LENGTH);
  return tunnels.enter(VN_TAG, port) ? TYPE_FOLLOWS : DEEPER_THAN_READ;
}

/** The service tag of IEEE 802.1ah (802.1Q §9.7) and the frame behind it. */
export function readServiceTag(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(I_TAG_LENGTH)) return CUT;
  const service = cursor.uint24(1);
  cursor.skip(I_TAG_LENGTH);
  return tunnels.enter(MAC_IN_MAC, service) ? ETHERTYPE_BRIDGED : DEEPER_THAN_READ;
}
