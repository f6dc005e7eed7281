/** The SHA-256 of a capture file, which a browser can't open by its path. */

/** Always null: the bytes come from elsewhere, and can be read only once. */
export const fileDigest: (path: string, signal?: AbortSignal) => Promise<null> = () => Promise.resolve(null);
