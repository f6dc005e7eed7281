/** Brotli (RFC 7932) by the zlib of Node. */

/** null where the data are damaged or cut, or are more than `maxBytes` when unpacked. */
export function unpackBrotli(bytes: Uint8Array, maxBytes: number): Uint8Array | null {
  try {
    const { brotliDecompressSync } = process.getBuiltinModule('node:zlib');
    return brotliDecompressSync(bytes, { maxOutputLength: maxBytes });
  } catch {
    return null;
  }
}
