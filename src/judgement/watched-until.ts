/**
 * How long an open connection was watched: its silence lasts as long as the capture goes on, whoever sends
 * packets.
 */
import type { ConnectionRecord } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { markOf } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import type { RuleContext } from './rule-context.ts';

export interface WatchedUntil {
  readonly mark: PacketMark;
  /** "the last packet of the capture (packet 90)". */
  readonly text: string;
}

/**
 * The last packet of the capture, for a connection that was open when the capture ended. The connection's own
 * last packet, where the connection ended before, was given up for want of room, or where times are not in
 * order.
 */
export function watchedUntil(
  { last, endedBy }: ConnectionRecord,
  { captureEnds }: RuleContext,
): WatchedUntil {
  const end = captureEnds.find(({ packet }) => packet >= last.packet);
  if (endedBy === 'capture-ended' && end !== undefined && millisecondsBetween(last, end) >= 0) {
    return { mark: markOf(end), text: `the last packet of the capture (packet ${end.packet})` };
  }
  return { mark: markOf(last), text: `its last packet in the capture (packet ${last.packet})` };
}
