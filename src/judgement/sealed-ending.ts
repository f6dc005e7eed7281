/** How a TLS connection ended whose contents nobody can read: by its records, FIN and RST alone. */
import { millisecondsBetween } from '../basics/timestamp.ts';
import type { ConnectionRecord } from '../connection/record.ts';
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import type { RecordBurst, SideLook } from '../tls/record-look.ts';
import { opensLikeWebSocket, sealedTls } from './sealed.ts';

/** An alert holds two bytes (RFC 8446 §6); an empty Close does as well. */
const ALERT_BYTES = 2;
/** A Close with the longest reason, and the close_notify behind it. */
const LARGEST_FAREWELL = 131;
/** What a side sends so shortly before it ends belongs to its end. */
const FAREWELL_MS = 1000;

/**
 * What the side that ended the connection sent right before that: nothing, a record of the size of an alert ("notify"), or
 * other small records, among which a Close may be ("words").
 */
export type Farewell = 'none' | 'notify' | 'words';

export interface SealedEnd {
  readonly how: Farewell;
  /** When the end began: with the farewell, or with FIN or RST. */
  readonly at: PacketMark;
  /** The last record of either side before the end; null where there is none. */
  readonly lastRecord: PacketMark | null;
}

/** null where nobody has ended it. */
export function sealedEnd(record: ConnectionRecord): SealedEnd | null {
  const tls = sealedTls(record);
  const { firstEnd } = record;
  if (tls === null || firstEnd === null) return null;
  const { by, mark } = firstEnd;
  const other = by === 'client' ? tls.look.server : tls.look.client;
  const burst = tls.look[by].lastBurst;
  const notify = tls.closeNotify[by];
  const clear = notify !== null && millisecondsBetween(notify, mark) <= FAREWELL_MS ? notify : null;
  const isFarewell =
    burst !== null &&
    burst.first.packet > (other.last?.packet ?? 0) &&
    millisecondsBetween(burst.first, mark) <= FAREWELL_MS &&
    isSmall(burst);
  if (!isFarewell) {
    return {
      how: clear === null ? 'none' : 'notify',
      at: clear ?? mark,
      lastRecord: later(tls.look.client.last, tls.look.server.last),
    };
  }
  const isNotify = clear === null && burst.records === 1 && burst.plainBytes === ALERT_BYTES;
  return { how: isNotify ? 'notify' : 'words', at: burst.first, lastRecord: burst.before };
}

function isSmall({ records, plainBytes }: RecordBurst): boolean {
  return records <= 2 && plainBytes !== null && plainBytes <= LARGEST_FAREWELL;
}

export interface EndAfterAnswer {
  readonly answer: PacketMark;
  readonly end: PacketMark;
  readonly how: 'close_notify' | 'FIN' | 'RST';
  readonly afterMs: number;
}

/**
 * The server ended it within the window after its first answer, which has the size of a 101, and the client had said nothing
 * more; null otherwise. A client that gets a close_notify may send its own, and FIN, before the server's FIN.
 */
export function endedAfterAnswer(record: ConnectionRecord, windowMs: number): EndAfterAnswer | null {
  const tls = sealedTls(record);
  const { firstEnd } = record;
  if (tls === null || firstEnd === null || !opensLikeWebSocket(tls)) return null;
  const { answer, client, clientAfterAnswer, server } = tls.look;
  if (answer === null) return null;
  // A record of the size of an alert belongs to the end, and not to the answer.
  const hasNotify = answer.records > 1 && answer.lastPlainBytes === ALERT_BYTES;
  const last = server.lastBurst;
  if (last === null || (last.last.packet !== answer.last.packet && !isAlert(last))) return null;
  const notify = tls.closeNotify.server ?? (hasNotify || isAlert(last) ? last.last : null);
  const isNotified = notify !== null && notify.packet <= firstEnd.mark.packet;
  if (!isNotified && firstEnd.by !== 'server') return null;
  const end = isNotified ? notify : firstEnd.mark;
  if (clientAfterAnswer > 0 && !isOnlyNotify(client, clientAfterAnswer, end)) return null;
  const from = hasNotify ? answer.first : answer.last;
  const afterMs = millisecondsBetween(from, end);
  if (afterMs < 0 || afterMs > windowMs) return null;
  const how = isNotified ? 'close_notify' : firstEnd.how === 'fin' ? 'FIN' : 'RST';
  return { answer: from, end: markOf(end), how, afterMs };
}

/** All that the client sent behind the answer was its own close_notify, when the server had already ended the connection. */
function isOnlyNotify({ lastBurst }: SideLook, records: number, end: PacketMark): boolean {
  return records === 1 && lastBurst !== null && isAlert(lastBurst) && lastBurst.first.packet > end.packet;
}

function isAlert({ records, plainBytes }: RecordBurst): boolean {
  return records === 1 && plainBytes === ALERT_BYTES;
}

function later(a: PacketMark | null, b: PacketMark | null): PacketMark | null {
  if (a === null || b === null) return a ?? b;
  return millisecondsBetween(a, b) > 0 ? b : a;
}
