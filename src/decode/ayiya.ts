/** AYIYA, "anything in anything" (draft-massar-v6ops-ayiya-02): IPv6 behind address translations, as SixXS had it. */
import { ANY_IP, CUT, DEEPER_THAN_READ, NOTHING, type LayerCursor } from './layer-cursor.ts';
import { PROTOCOL_IPV4, PROTOCOL_IPV6 } from './ip-numbers.ts';
import { AYIYA } from './tunnel-kind.ts';
import type { TunnelTable } from './tunnel-table.ts';

/** Three bytes of lengths and kinds, the next header, the time. Behind them: identity and signature. */
const HEADER = 8;
const FORWARD = 1;
const NEXT_HEADER = 3;

export function readAyiya(cursor: LayerCursor, tunnels: TunnelTable): number {
  if (!cursor.has(HEADER)) return CUT;
  // The identity has a power of two of bytes, the signature a number of words.
  const length = HEADER + (1 << (cursor.byte(0) >> 4)) + ((cursor.byte(1) >> 4) << 2);
  const next = cursor.byte(NEXT_HEADER);
  const isForwarded = (cursor.byte(2) & 0x0f) === FORWARD;
  if (!isForwarded || (next !== PROTOCOL_IPV4 && next !== PROTOCOL_IPV6)) return NOTHING;
  if (!cursor.has(length)) return CUT;
  cursor.skip(length);
  return tunnels.enter(AYIYA, null) ? ANY_IP : DEEPER_THAN_READ;
}
