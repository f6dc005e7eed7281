/** Segments that bring other bytes for a place in the stream than segments before them: one stream's, added up. */

export interface OverlapConflict {
  /** Segments with a byte that differs. */
  readonly segments: number;
  /** Bytes that differ, of all of them. */
  readonly bytes: number;
  /** The first of them: its packet, the bytes of it that differ, and the packet whose bytes were seen first and count. */
  readonly first: { readonly packet: number; readonly bytes: number; readonly countedPacket: number };
}

/** The conflict so far, and one more segment. */
export function withConflict(
  before: OverlapConflict | null,
  packet: number,
  bytes: number,
  countedPacket: number,
): OverlapConflict {
  return {
    segments: (before?.segments ?? 0) + 1,
    bytes: (before?.bytes ?? 0) + bytes,
    first: before?.first ?? { packet, bytes, countedPacket },
  };
}
