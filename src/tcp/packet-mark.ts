import type { Segment } from '../decode/segment.ts';

/** When and in which packet something was captured. */
export interface PacketMark {
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

export function markOf(segment: Segment): PacketMark {
  return { packet: segment.packet, seconds: segment.seconds, nanoseconds: segment.nanoseconds };
}
