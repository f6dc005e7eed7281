/** How long nobody had sent a byte when a connection ended. */
import type { ConnectionRecord, Role, TcpSideFacts, WebSocketSideFacts } from '../connection/record.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { heartbeatTrouble } from './application.ts';

export interface Silence {
  readonly since: PacketMark;
  readonly ms: number;
}

/**
 * Before the first FIN or RST. null where there is none, and where the side that ended the connection waited for an answer to a ping
 * or heartbeat of its own: then it has given the other side up.
 */
export function silenceBeforeEnd(record: ConnectionRecord): Silence | null {
  const { firstEnd, tcp } = record;
  if (firstEnd === null) return null;
  const { by, mark } = firstEnd;
  if (waitsForAnswer(by, record, mark) || heartbeatTrouble(record, mark, by) !== null) return null;
  return silenceBefore(mark, record, [
    record.conversation.lastFrameBeforeEnd,
    bytesBefore(mark, tcp.client),
    bytesBefore(mark, tcp.server),
  ]);
}

/** null where the silence may have begun before the capture. */
export function silenceBefore(
  end: PacketMark,
  { openedAt }: ConnectionRecord,
  signs: readonly (PacketMark | null)[],
): Silence | null {
  if (openedAt === null) return null;
  const since = signs.reduce<PacketMark>(
    (last, sign) => (sign !== null && millisecondsBetween(last, sign) > 0 ? sign : last),
    openedAt,
  );
  return { since, ms: millisecondsBetween(since, end) };
}

/** Bytes that make no whole frame count as well. Those that came after the end say nothing about the silence before it. */
function bytesBefore({ packet }: PacketMark, { lastByte }: TcpSideFacts): PacketMark | null {
  return lastByte !== null && lastByte.packet <= packet ? lastByte : null;
}

/** Who ended the connection had sent a ping that was not answered. */
function waitsForAnswer(by: Role, { clientSide, serverSide }: ConnectionRecord, end: PacketMark): boolean {
  const { pings }: WebSocketSideFacts = by === 'client' ? clientSide : serverSide;
  return pings.unanswered !== null && pings.unanswered.first.packet < end.packet;
}
