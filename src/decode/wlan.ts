/** Data frames of Wi-Fi (IEEE 802.11 §9.3.2) that are not encrypted, as Aruba's access points send them to their controller in GRE. */
import { ETHERTYPE_LLC } from './ether-types.ts';
import { CUT, NOTHING, UNREADABLE, type LayerCursor } from './layer-cursor.ts';

/** Frame control, duration, three addresses, sequence control. */
const HEADER = 24;
const ADDRESS = 6;
const QOS_CONTROL = 2;
const HT_CONTROL = 4;

/** Protocol version 0 and type 2, data, in the first byte of frame control. */
const VERSION_AND_TYPE = 0x0f;
const DATA = 0x08;
const IS_QOS = 0x80;
/** Subtypes without data: "null" frames. */
const HAS_NO_DATA = 0x40;
/** In the second byte. */
const BOTH_WAYS = 0x03;
const IS_PIECE = 0x04;
const IS_PROTECTED = 0x40;
const HAS_HT_CONTROL = 0x80;
/** In the first byte of QoS control: several frames in one (A-MSDU). */
const IS_AGGREGATE = 0x80;
/** In sequence control, little-endian: the number of a piece. */
const PIECE_NUMBER = 0x0f;

export function readWlan(cursor: LayerCursor): number {
  if (!cursor.has(HEADER)) return CUT;
  const [kind, flags] = [cursor.byte(0), cursor.byte(1)];
  if ((kind & VERSION_AND_TYPE) !== DATA || (kind & HAS_NO_DATA) !== 0) return NOTHING;
  const isPiece = (flags & IS_PIECE) !== 0 || (cursor.byte(HEADER - 2) & PIECE_NUMBER) !== 0;
  if ((flags & IS_PROTECTED) !== 0 || isPiece) return UNREADABLE;
  const isQos = (kind & IS_QOS) !== 0;
  let length = HEADER + ((flags & BOTH_WAYS) === BOTH_WAYS ? ADDRESS : 0);
  const qosAt = length;
  if (isQos) length += QOS_CONTROL + ((flags & HAS_HT_CONTROL) === 0 ? 0 : HT_CONTROL);
  if (!cursor.has(length)) return CUT;
  if (isQos && (cursor.byte(qosAt) & IS_AGGREGATE) !== 0) return UNREADABLE;
  cursor.skip(length);
  return ETHERTYPE_LLC;
}
