/**
 * A compressed message in place of another of the same length (RFC 1951, RFC 7692 §7.2.1): one block with fixed codes
 * that says "x", again and again, and refers to nothing before it. The pattern is known byte by byte, so that a message
 * can be written as it comes; only its last two bytes differ, and its first ones where it must not inflate.
 *
 *     AA A8 A8 … A8 00 00      N bytes: N - 2 times "x"
 *     02 00                    nothing
 *     00                       nothing
 */

const FIRST = 0xaa;
const NEXT = 0xa8;
/** Block type 3, which does not exist. */
const NO_BLOCK_TYPE = [0x07] as const;
/** A block with fixed codes that begins with a copy (length 3) of what came 32,768 bytes before. */
const FAR_BACK = [0x02, 0xde, 0xff, 0x0f] as const;
/** A block with fixed codes that begins with 0x80, a byte that begins no UTF-8 character. */
const NO_CHARACTER = [0x6a] as const;
const SHORTEST_CHARACTER = 3;

/** Byte `index` of a message that is not at its end. */
export function deflateByte(index: number): number {
  return index === 0 ? FIRST : NEXT;
}

/** The last two bytes (or one) of a message of `length` bytes, from `length - 2` on. */
export function deflateEnd(length: number): readonly number[] {
  if (length <= 1) return [0x00].slice(0, length);
  return length === 2 ? [0x02, 0x00] : [0x00, 0x00];
}

export type DeflateFault = 'far-back' | 'other' | 'not-utf8';

/**
 * The first bytes of a message of `length` bytes that has this fault; null where it is too short for the
 * fault, which no real message is.
 */
export function deflateFault(fault: DeflateFault, length: number): readonly number[] | null {
  switch (fault) {
    case 'not-utf8':
      return length < SHORTEST_CHARACTER ? null : NO_CHARACTER;
    case 'far-back':
      if (length >= FAR_BACK.length) return FAR_BACK;
      return length === 0 ? null : NO_BLOCK_TYPE;
    case 'other':
      return length === 0 ? null : NO_BLOCK_TYPE;
  }
}
