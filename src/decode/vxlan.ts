/** VXLAN (RFC 7348), with Group Policy or as VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe), and Geneve (RFC 8926). */
import { ETHERTYPE_BRIDGED } from './ether-types.ts';
import { ANY_IP, CUT, DEEPER_THAN_READ, NOTHING, UNREADABLE, type LayerCursor } from './layer-cursor.ts';
import { GENEVE, VXLAN } from './tunnel-kind.ts';
import type { TunnelTable } from './tunnel-table.ts';

const VXLAN_HEADER = 8;
const HAS_VNI = 0x08;
const VNI = 4;
/** VXLAN-GPE: the last byte of the first word says what follows. */
const HAS_NEXT_PROTOCOL = 0x04;
const NEXT_PROTOCOL = 3;

const GENEVE_HEADER = 8;
/** An OAM packet belongs to the tunnel itself and carries no user's packet. */
const IS_CONTROL = 0x80;

export function readVxlan(cursor: LayerCursor, tunnels: TunnelTable, isGpe: boolean): number {
  if (!cursor.has(VXLAN_HEADER)) return CUT;
  const flags = cursor.byte(0);
  // Other protocols use these ports, too, but none of them begins like this.
  if ((flags & HAS_VNI) === 0 || cursor.byte(VNI + 3) !== 0) return NOTHING;
  const next = isGpe && (flags & HAS_NEXT_PROTOCOL) !== 0 ? cursor.byte(NEXT_PROTOCOL) : 3;
  if (!tunnels.enter(VXLAN, cursor.uint24(VNI))) return DEEPER_THAN_READ;
  cursor.skip(VXLAN_HEADER);
  switch (next) {
    case 1:
    case 2:
      return ANY_IP;
    case 3:
      return ETHERTYPE_BRIDGED;
    default:
      return UNREADABLE;
  }
}

export function readGeneve(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(GENEVE_HEADER)) return CUT;
  const first = cursor.byte(0);
  if (first >> 6 !== 0) return NOTHING;
  const length = GENEVE_HEADER + ((first & 0x3f) << 2);
  const isControl = (cursor.byte(1) & IS_CONTROL) !== 0;
  const protocol = cursor.uint16(2);
  const network = cursor.uint24(VNI);
  if (isControl) return NOTHING;
  // The options don't matter for what follows.
  if (!cursor.has(length)) return CUT;
  cursor.skip(length);
  return tunnels.enter(GENEVE, network) ? protocol : DEEPER_THAN_READ;
}
