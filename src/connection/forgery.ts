/** Whether a RST was sent by the host in whose name it comes, or by something between the two hosts. */
import type { ResetFacts } from '../tcp/reset-watch.ts';
import type { StreamReassembler } from '../tcp/stream-reassembler.ts';
import type { Forgery, HopLimits } from './record.ts';

/** Fewer packets than this don't show which TTL a host's packets have. */
const MIN_PACKETS = 3;
/** Packets of one host may differ by this much: by a route that changed, or because two interfaces of a router show them. */
const TOLERANCE = 1;

/** Only what the side does afterwards, or the TTL, speaks against a RST: Linux answers for a closed socket with IP ID 0 and window 0. */
export function forgeryOf(reset: ResetFacts, others: HopLimits | null): Forgery | null {
  if (reset.sentAfter !== null) return 'certain';
  return isHopLimitOff(reset, others) ? 'suspected' : null;
}

/** Whether no other packet of the side has a TTL or hop limit near that of its RST. */
export function isHopLimitOff({ hopLimit }: ResetFacts, others: HopLimits | null): boolean {
  if (others === null || others.packets < MIN_PACKETS) return false;
  return hopLimit < others.lowest - TOLERANCE || hopLimit > others.highest + TOLERANCE;
}

export function hopLimitsOf({
  packets,
  lowestHopLimit,
  highestHopLimit,
}: Pick<StreamReassembler, 'packets' | 'lowestHopLimit' | 'highestHopLimit'>): HopLimits | null {
  return packets === 0 ? null : { packets, lowest: lowestHopLimit, highest: highestHopLimit };
}
