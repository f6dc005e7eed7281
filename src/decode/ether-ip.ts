/** EtherIP (RFC 3378): Ethernet frames in IP. */
import { ETHERTYPE_BRIDGED } from './ether-types.ts';
import { CUT, DEEPER_THAN_READ, NOTHING, type LayerCursor } from './layer-cursor.ts';
import { ETHER_IP } from './tunnel-kind.ts';
import type { TunnelTable } from './tunnel-table.ts';

const HEADER = 2;
/** Version 3, and twelve reserved bits. */
const VERSION = 0x3000;

export function readEtherIp(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(HEADER)) return CUT;
  if (cursor.uint16(0) !== VERSION) return NOTHING;
  cursor.skip(HEADER);
  return tunnels.enter(ETHER_IP, null) ? ETHERTYPE_BRIDGED : DEEPER_THAN_READ;
}
