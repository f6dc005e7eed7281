/** Brotli (RFC 7932): browsers unpack it only in answers that they fetch themselves. */

/** @returns null: what is inside is not known */
export function unpackBrotli(_bytes: Uint8Array, _maxBytes: number): Uint8Array | null {
  return null;
}
