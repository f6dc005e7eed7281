/** L2TP version 2 (RFC 2661 §3.1) over UDP: PPP frames of a session. */
import { ETHERTYPE_PPP } from './ether-types.ts';
import { CUT, DEEPER_THAN_READ, NOTHING, type LayerCursor } from './layer-cursor.ts';
import { L2TP } from './tunnel-kind.ts';
import type { TunnelTable } from './tunnel-table.ts';

const FLAGS = 2;
const FIELD = 2;
const IDS = 4;
const NUMBERS = 4;
const IS_CONTROL = 0x8000;
const HAS_LENGTH = 0x4000;
const HAS_NUMBERS = 0x0800;
const HAS_OFFSET = 0x0200;
const RESERVED = 0x34f0;
const VERSION = 0x000f;

export function readL2tp(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(FLAGS)) return CUT;
  const flags = cursor.uint16(0);
  if ((flags & VERSION) !== 2 || (flags & (IS_CONTROL | RESERVED)) !== 0) return NOTHING;
  let length = FLAGS;
  if ((flags & HAS_LENGTH) !== 0) {
    if (!cursor.has(length + FIELD)) return CUT;
    cursor.limit(cursor.uint16(length));
    length += FIELD;
  }
  const idsAt = length;
  length += IDS;
  if ((flags & HAS_NUMBERS) !== 0) length += NUMBERS;
  if ((flags & HAS_OFFSET) !== 0) {
    if (!cursor.has(length + FIELD)) return CUT;
    length += FIELD + cursor.uint16(length);
  }
  if (!cursor.has(length)) return CUT;
  const session = cursor.uint16(idsAt + FIELD);
  cursor.skip(length);
  return tunnels.enter(L2TP, session) ? ETHERTYPE_PPP : DEEPER_THAN_READ;
}
