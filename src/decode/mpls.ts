/**
 * MPLS label stacks (RFC 3032) and what they carry: IP, an Ethernet frame, or a pseudowire's control word (RFC 4385).
 */
import { ETHERTYPE_BRIDGED } from './ether-types.ts';
import { IPV4_HEADER, IPV6_HEADER } from './ip-numbers.ts';
import { ANY_IP, CUT, DEEPER_THAN_READ, NOTHING, type LayerCursor } from './layer-cursor.ts';
import { MPLS } from './tunnel-kind.ts';
import type { TunnelTable } from './tunnel-table.ts';

const LABEL = 4;
/** @bound MPLS labels: {count} */
const MAX_LABELS = 16;
const BOTTOM_OF_STACK = 0x01;
const CONTROL_WORD = 4;
const ETHERNET_HEADER = 14;

export function readMpls(cursor: LayerCursor, tunnels: TunnelTable): number {
  for (let labels = 0; labels < MAX_LABELS; labels++) {
    if (!cursor.has(LABEL)) return CUT;
    const label = cursor.uint24(0) >>> 4;
    const isLast = (cursor.byte(2) & BOTTOM_OF_STACK) !== 0;
    cursor.skip(LABEL);
    if (isLast) return tunnels.enter(MPLS, label) ? payload(cursor) : DEEPER_THAN_READ;
  }
  return DEEPER_THAN_READ;
}

/** The stack does not say what follows; the first four bits nearly always do (RFC 4928 §3). */
function payload(cursor: LayerCursor): number {
  if (!cursor.has(1)) return CUT;
  switch (cursor.byte(0) >> 4) {
    case 4:
      if (isIPv4(cursor)) return ANY_IP;
      return ethernet(cursor);
    case 6:
      if (isIPv6(cursor)) return ANY_IP;
      return ethernet(cursor);
    case 0:
      // The addresses of an Ethernet frame without a control word may begin with these bits, too.
      if (!cursor.has(CONTROL_WORD)) return CUT;
      cursor.skip(CONTROL_WORD);
      return ethernet(cursor);
    case 1:
      // The control channel of the pseudowire itself (RFC 5586).
      return NOTHING;
    default:
      return ethernet(cursor);
  }
}

function isIPv4(cursor: LayerCursor): boolean {
  if (!cursor.has(IPV4_HEADER)) return true;
  const words = cursor.byte(0) & 0x0f;
  const totalLength = cursor.uint16(2);
  return words >= 5 && (totalLength === 0 || cursor.at + totalLength <= cursor.wireEnd);
}

function isIPv6(cursor: LayerCursor): boolean {
  return !cursor.has(IPV6_HEADER) || cursor.at + IPV6_HEADER + cursor.uint16(4) <= cursor.wireEnd;
}

function ethernet(cursor: LayerCursor): number {
  return cursor.has(ETHERNET_HEADER) ? ETHERTYPE_BRIDGED : NOTHING;
}
