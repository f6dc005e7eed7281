/** PPP frames (RFC 1661, in HDLC-like framing RFC 1662) and PPPoE sessions (RFC 2516). */
import { ETHERTYPE_MPLS } from './ether-types.ts';
import { ANY_IP, CUT, DEEPER_THAN_READ, NOTHING, UNREADABLE, type LayerCursor } from './layer-cursor.ts';
import { PPPOE } from './tunnel-kind.ts';
import type { TunnelTable } from './tunnel-table.ts';

const PROTOCOL_IPV4 = 0x0021;
const PROTOCOL_IPV6 = 0x0057;
const PROTOCOL_MPLS = 0x0281;
/** Van Jacobson's compression, compressed datagrams, encrypted ones: TCP may be inside, but not in plain. */
const PROTOCOLS_NOT_PLAIN: readonly number[] = [0x002d, 0x002f, 0x00fd, 0x0053];
const ADDRESS = 0xff;
const CONTROL = 0x03;

const PPPOE_HEADER = 6;

/** A frame with or without address and control field, its protocol in one byte or two. */
export function readPpp(cursor: LayerCursor): number {
  if (!cursor.has(2)) return CUT;
  if (cursor.byte(0) === ADDRESS && cursor.byte(1) === CONTROL) cursor.skip(2);
  // The last byte of a protocol number is odd, the one before it even (RFC 1661 §2).
  const isCompressed = (cursor.byte(0) & 1) !== 0;
  const protocol = isCompressed ? cursor.byte(0) : cursor.uint16(0);
  cursor.skip(isCompressed ? 1 : 2);
  switch (protocol) {
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
      return ANY_IP;
    case PROTOCOL_MPLS:
      return ETHERTYPE_MPLS;
    default:
      return PROTOCOLS_NOT_PLAIN.includes(protocol) ? UNREADABLE : NOTHING;
  }
}

export function readPppoe(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(PPPOE_HEADER)) return CUT;
  // Version and type are 1; code 0 is session data.
  if (cursor.byte(0) !== 0x11 || cursor.byte(1) !== 0) return NOTHING;
  const session = cursor.uint16(2);
  const length = cursor.uint16(4);
  cursor.skip(PPPOE_HEADER);
  // 0: a segment of over 64 KiB, captured before the network card cut it up.
  if (length > 0) cursor.limit(length);
  return tunnels.enter(PPPOE, session) ? readPpp(cursor) : DEEPER_THAN_READ;
}
