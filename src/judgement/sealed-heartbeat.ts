/** The heartbeat that the sizes of TLS records show, without what is part of the end. */
import { millisecondsBetween } from '../basics/timestamp.ts';
import type { ConnectionRecord } from '../connection/record.ts';
import type { RecordHeartbeat } from '../tls/record-heartbeat.ts';
import { sealedTls } from './sealed.ts';

/** What a side sends so shortly before it ends may be its close_notify, which is as small as an empty ping. */
const FAREWELL_MS = 1000;

/** null where TLS does not hide the contents, or its records show none. */
export function sealedHeartbeat(record: ConnectionRecord): RecordHeartbeat | null {
  const heartbeat = sealedTls(record)?.look.heartbeat ?? null;
  const unanswered = heartbeat?.unanswered ?? null;
  if (heartbeat === null || unanswered === null) return heartbeat;
  const { [heartbeat.from]: side } = record.tcp;
  const end = side.fin ?? side.rst;
  const isFarewell = end !== null && millisecondsBetween(unanswered.last, end) <= FAREWELL_MS;
  if (!isFarewell) return heartbeat;
  const sent = heartbeat.sent - 1;
  // With more of them it is certain that some were not answered, but not that the last one was a heartbeat.
  return unanswered.count === 1
    ? { ...heartbeat, sent, unanswered: null }
    : { ...heartbeat, sent, unanswered: { ...unanswered, count: unanswered.count - 1 } };
}
