/**
 * Reads DER (ITU-T X.690): tags and lengths, no meanings. Never reads behind an element's end, and gives null where the bytes
 * are no DER, or are cut.
 */

/** One element: its tag, and where its contents stand. */
export interface DerElement {
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const OBJECT_IDENTIFIER = 0x06;
export const OCTET_STRING = 0x04;
/** Lengths of more bytes than this are no lengths of a certificate. */
const LONGEST_LENGTH = 4;

/** The element that begins at `at`; null where none does, or not whole before `end`. */
export function derAt(bytes: Uint8Array, at: number, end: number): DerElement | null {
  if (at + 2 > end) return null;
  const tag = bytes[at]!;
  // Tags above 30 take more bytes; certificates have none.
  if ((tag & 0x1f) === 0x1f) return null;
  const first = bytes[at + 1]!;
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const size = first & 0x7f;
    if (size === 0 || size > LONGEST_LENGTH || start + size > end) return null;
    length = 0;
    for (let index = 0; index < size; index++) length = length * 256 + bytes[start + index]!;
    start += size;
  }
  return start + length > end ? null : { tag, bytes, start, end: start + length };
}

/**
 * The elements inside one, up to the first that is none, and at most `most`.
 */
export function derInside({ bytes, start, end }: DerElement, most: number): DerElement[] {
  const inside: DerElement[] = [];
  let at = start;
  while (at < end && inside.length < most) {
    const element = derAt(bytes, at, end);
    if (element === null) break;
    inside.push(element);
    at = element.end;
  }
  return inside;
}

/** The contents of an element. */
export function derContents({ bytes, start, end }: DerElement): Uint8Array {
  return bytes.subarray(start, end);
}
