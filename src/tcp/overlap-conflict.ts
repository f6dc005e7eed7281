/**
 * Sums up the segments of one stream that brought other bytes for the same place than segments before them.
 */

export interface OverlapConflict {
  /** Segments with a byte that differs. */
  readonly segments: number;
  /** Bytes that differ, in all these segments. */
  readonly bytes: number;
  /**
   * The first such segment: its packet, how many of its bytes differ, and the packet whose bytes came first
   * and count.
   */
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
