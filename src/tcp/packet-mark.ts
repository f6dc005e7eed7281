/** When and in which packet something was captured. */
export interface PacketMark {
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** The mark alone, of something that carries one: a segment (which is filled anew), a head, a frame. */
export function markOf({ packet, seconds, nanoseconds }: PacketMark): PacketMark {
  return { packet, seconds, nanoseconds };
}
