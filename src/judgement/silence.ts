/** How long nobody had sent a byte when a connection ended. */
import type { ConnectionRecord, Role, WebSocketSideFacts } from '../connection/record.ts';
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
  const { firstEnd, tls } = record;
  if (firstEnd === null) return null;
  const { by, mark } = firstEnd;
  // In TLS a side says that it has nothing more to send, mostly right before its FIN.
  const notify = tls?.closeNotify[by] ?? null;
  const end = notify !== null && notify.packet < mark.packet ? notify : mark;
  if (waitsForAnswer(by, record, mark) || heartbeatTrouble(record, mark, by) !== null) return null;
  return silenceBefore(end, record, [
    record.conversation.lastFrameBeforeEnd,
    bytesBefore(end, record, 'client'),
    bytesBefore(end, record, 'server'),
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

/**
 * Bytes that make no whole frame count as well. Those that came after the end say nothing about the silence before it. In TLS a
 * close_notify is none of them.
 */
function bytesBefore({ packet }: PacketMark, { tcp, tls }: ConnectionRecord, role: Role): PacketMark | null {
  const last = tls?.lastContents === undefined ? tcp[role].lastByte : tls.lastContents[role];
  return last !== null && last.packet <= packet ? last : null;
}

/** Who ended the connection had sent a ping that was not answered. */
function waitsForAnswer(by: Role, { clientSide, serverSide }: ConnectionRecord, end: PacketMark): boolean {
  const { pings }: WebSocketSideFacts = by === 'client' ? clientSide : serverSide;
  return pings.unanswered !== null && pings.unanswered.first.packet < end.packet;
}
