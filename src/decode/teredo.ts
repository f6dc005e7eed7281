/** Teredo (RFC 4380 §5.1.1): IPv6 over UDP, behind up to two indications of servers and relays. */
import { ETHERTYPE_IPV6 } from './link-layer.ts';
import { CUT, DEEPER_THAN_READ, NOTHING, type LayerCursor } from './layer-cursor.ts';
import { TEREDO } from './tunnel-kind.ts';
import type { TunnelTable } from './tunnel-table.ts';

const INDICATION = 2;
const AUTHENTICATION = 1;
/** Its own two bytes, two lengths, a nonce, a confirmation; the client's identifier and the signature come between. */
const AUTHENTICATION_LENGTH = 4 + 8 + 1;
const ORIGIN_LENGTH = 8;

export function readTeredo(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(INDICATION)) return CUT;
  if (cursor.uint16(0) === AUTHENTICATION) {
    if (!cursor.has(4)) return CUT;
    const length = AUTHENTICATION_LENGTH + cursor.byte(2) + cursor.byte(3);
    if (!cursor.has(length + INDICATION)) return CUT;
    cursor.skip(length);
  }
  if (cursor.uint16(0) === 0) {
    if (!cursor.has(ORIGIN_LENGTH + 1)) return CUT;
    cursor.skip(ORIGIN_LENGTH);
  }
  if (cursor.byte(0) >> 4 !== 6) return NOTHING;
  return tunnels.enter(TEREDO, null) ? ETHERTYPE_IPV6 : DEEPER_THAN_READ;
}
