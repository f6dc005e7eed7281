/** Whether a RST was sent by the host in whose name it comes, or by something between the two hosts. */
import type { ResetFacts } from '../tcp/reset-watch.ts';
import type { Forgery } from './record.ts';

/** Fewer packets than this don't show which TTL a host's packets have. */
const MIN_PACKETS = 3;
/** Packets of one host may differ by this much: by a route that changed, or because two interfaces of a router show them. */
const TOLERANCE = 1;

/** What the capture shows of a side's packets other than RSTs. */
interface OtherPackets {
  readonly packets: number;
  readonly lowestHopLimit: number;
  readonly highestHopLimit: number;
}

/** Only what the side does afterwards, or the TTL, speaks against a RST: Linux answers for a closed socket with IP ID 0 and window 0. */
export function forgeryOf(
  { sentAfter, hopLimit }: ResetFacts,
  { packets, lowestHopLimit, highestHopLimit }: OtherPackets,
): Forgery | null {
  if (sentAfter !== null) return 'certain';
  const isOff = hopLimit < lowestHopLimit - TOLERANCE || hopLimit > highestHopLimit + TOLERANCE;
  return packets >= MIN_PACKETS && isOff ? 'suspected' : null;
}
