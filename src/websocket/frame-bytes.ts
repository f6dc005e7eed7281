/** The bytes of a frame's header and payload (RFC 6455 §5.2): masks, lengths, what is text. HOT: once or twice per frame. */
import { isUtf8 } from '#platform/utf8';
import { isAscii } from './ascii.ts';
import { MAX_CONTROL_PAYLOAD } from './frame.ts';

export const FIN_BIT = 0x80;
export const MASK_BIT = 0x80;
export const LENGTH_MASK = 0x7f;
/** In the place of a short length: the length stands in the next 2 bytes, or in the next 8. */
export const LENGTH_16 = 126;
export const LENGTH_64 = 127;
/**
 * From this length on Node's own check of a text is quicker than ours, if nothing has to be unmasked for it.
 */
const NATIVE_FROM = 512;

/**
 * Whether these bytes, a whole payload, are UTF-8. Masked bytes are only recognised as text if they are
 * ASCII.
 */
export function isText(bytes: Uint8Array, start: number, end: number, mask: number): boolean {
  return mask === 0 && end - start >= NATIVE_FROM
    ? isUtf8(bytes.subarray(start, end))
    : isAscii(bytes, start, end, mask, 0);
}

/**
 * The unmasked payload of a control frame that is whole in these bytes; only the beginning of one that is too
 * long.
 */
export function controlPayload(bytes: Uint8Array, start: number, end: number, mask: number): Uint8Array {
  const payload = new Uint8Array(Math.min(end - start, MAX_CONTROL_PAYLOAD));
  for (let i = 0; i < payload.length; i++) {
    payload[i] = bytes[start + i]! ^ (mask >>> (24 - 8 * (i & 3)));
  }
  return payload;
}

/** Length of the header that begins here; while its second byte is missing, 2. */
export function headerLength(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 2) return 2;
  const second = bytes[start + 1]!;
  const shortLength = second & LENGTH_MASK;
  const extended = shortLength === LENGTH_16 ? 2 : shortLength === LENGTH_64 ? 8 : 0;
  return 2 + extended + ((second & MASK_BIT) !== 0 ? 4 : 0);
}

export function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
