/** Brotli (RFC 7932): browsers unpack it only in answers that they fetch themselves. */

/** Returns null: what is inside is not known. */
export const unpackBrotli: (bytes: Uint8Array, maxBytes: number) => Uint8Array | null = () => null;
