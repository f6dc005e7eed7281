/** The SHA-256 of a capture file, which a browser can't open by its path. */

/** null: the bytes have come from somewhere else, and could be read only once. */
export const fileDigest: (path: string, signal?: AbortSignal) => Promise<null> = () => Promise.resolve(null);
