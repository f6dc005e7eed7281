/** What rules ask about an application's heartbeat and goodbye. */
import { millisecondsBetween } from '../basics/timestamp.ts';
import type { CloseFrame, ConnectionRecord, Role } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { ApplicationEnd } from '../protocols/application-protocol.ts';

/** The first Close, or the first FIN or RST where no Close came before it. */
export interface Leave extends PacketMark {
  readonly by: Role;
  readonly how: 'close' | 'fin' | 'rst';
  readonly mark: PacketMark;
  readonly close: CloseFrame | null;
}

/** null where nobody has left. */
export function firstLeave({
  closeFirstBy,
  clientSide,
  serverSide,
  firstEnd,
}: ConnectionRecord): Leave | null {
  const close =
    closeFirstBy === null ? null : (closeFirstBy === 'client' ? clientSide : serverSide).closeFrame;
  if (
    closeFirstBy !== null &&
    close !== null &&
    (firstEnd === null || close.mark.packet <= firstEnd.mark.packet)
  ) {
    return { by: closeFirstBy, how: 'close', mark: close.mark, close, ...close.mark };
  }
  if (firstEnd === null) return null;
  const { by, how, mark } = firstEnd;
  return { by, how, mark, close: null, ...mark };
}

export interface HeartbeatTrouble {
  /** "unanswered": the side that sends heartbeats waited for the answer; "overdue": the other side waited for a heartbeat. */
  readonly kind: 'unanswered' | 'overdue';
  /** Who waited. */
  readonly waiting: Role;
  /** The heartbeat without an answer, or the last sign of life. */
  readonly since: PacketMark;
  readonly waitedMs: number;
  readonly limitMs: number;
}

/** Timers end a little early where their start was captured late. */
const ALMOST = 0.95;

/**
 * Whether a heartbeat was missing for as long as the protocol's limit, by the time at which somebody left (or until which the
 * connection was watched). Where somebody left, it must be the side that waited.
 */
export function heartbeatTrouble(
  record: ConnectionRecord,
  until: PacketMark,
  by: Role | null,
): HeartbeatTrouble | null {
  const heartbeat = record.application?.heartbeat ?? null;
  if (heartbeat === null) return null;
  const { from, intervalMs, timeoutMs, unanswered, lastSign } = heartbeat;
  const other: Role = from === 'client' ? 'server' : 'client';
  if (unanswered !== null && timeoutMs !== null && (by === null || by === from)) {
    const waitedMs = millisecondsBetween(unanswered.first, until);
    if (unanswered.first.packet < until.packet && waitedMs >= timeoutMs * ALMOST) {
      return { kind: 'unanswered', waiting: from, since: unanswered.first, waitedMs, limitMs: timeoutMs };
    }
  }
  if (lastSign === null || intervalMs === null || timeoutMs === null || (by !== null && by !== other))
    return null;
  const limitMs = intervalMs + timeoutMs;
  const waitedMs = millisecondsBetween(lastSign, until);
  if (lastSign.packet >= until.packet || waitedMs < limitMs * ALMOST) return null;
  return { kind: 'overdue', waiting: other, since: lastSign, waitedMs, limitMs };
}

/** An end that came later than this after a goodbye has nothing to do with it. */
const GOODBYE_MS = 10_000;

/** The goodbye that one side said before the connection ended; null where nobody did. */
export function goodbyeOf(record: ConnectionRecord): ApplicationEnd | null {
  const end = record.application?.end ?? null;
  const leave = firstLeave(record);
  if (end?.kind !== 'goodbye' || leave === null) return null;
  // Capture may put two packets that follow each other in the wrong order; then their times show it.
  const isSwapped = end.packet === leave.packet + 1 && millisecondsBetween(leave, end) <= 0;
  if (end.packet > leave.packet && !isSwapped) return null;
  return millisecondsBetween(end, leave) <= GOODBYE_MS ? end : null;
}
