/** GTP-U, version 1 (3GPP TS 29.281): carries users' packets between the parts of a mobile network. */
import { ANY_IP, CUT, DEEPER_THAN_READ, NOTHING, type LayerCursor } from './layer-cursor.ts';
import { GTP_U } from './tunnel-kind.ts';
import type { TunnelTable } from './tunnel-table.ts';

const HEADER = 8;
/** Version 1, protocol type GTP. */
const VERSION_MASK = 0xf0;
const VERSION_1 = 0x30;
/**
 * If any of these flags is set (extension headers, sequence number, N-PDU number), the fields of all three are
 * present.
 */
const HAS_OPTIONAL = 0x07;
const HAS_EXTENSION = 0x04;
const OPTIONAL = 4;
/** The message type that carries a user's packet. */
const G_PDU = 0xff;
/** @bound GTP-U extension headers: {count} */
const MAX_EXTENSION_HEADERS = 16;

export function readGtpU(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(HEADER)) return CUT;
  const flags = cursor.byte(0);
  if ((flags & VERSION_MASK) !== VERSION_1 || cursor.byte(1) !== G_PDU) return NOTHING;
  const length = cursor.uint16(2);
  const endpoint = cursor.uint32(4);
  cursor.skip(HEADER);
  if (length > 0) cursor.limit(length);
  if ((flags & HAS_OPTIONAL) !== 0) {
    if (!cursor.has(OPTIONAL)) return CUT;
    let next = (flags & HAS_EXTENSION) === 0 ? 0 : cursor.byte(OPTIONAL - 1);
    cursor.skip(OPTIONAL);
    for (let headers = 0; next !== 0; headers++) {
      if (headers === MAX_EXTENSION_HEADERS) return DEEPER_THAN_READ;
      if (!cursor.has(1)) return CUT;
      // In units of 4 bytes; its last byte is the type of the next extension header.
      const size = cursor.byte(0) << 2;
      if (size === 0) return NOTHING;
      if (!cursor.has(size)) return CUT;
      next = cursor.byte(size - 1);
      cursor.skip(size);
    }
  }
  return tunnels.enter(GTP_U, endpoint) ? ANY_IP : DEEPER_THAN_READ;
}
