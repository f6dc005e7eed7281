/** Whether the server hung up before anything of the upgrade request had reached it. */
import type { ConnectionRecord } from '../connection/record.ts';

/**
 * A FIN carries the acknowledgement of all that had come by then, so one that acknowledges nothing of the request left
 * before it came, whatever the order of capture. A RST need not acknowledge anything (RFC 9293 §3.5.2): there only one that was
 * captured before the request counts.
 */
export function isRequestUnseen({ upgrade, firstEnd }: ConnectionRecord): boolean {
  const request = upgrade?.request ?? null;
  if (request === null || firstEnd?.by !== 'server') return false;
  return firstEnd.how === 'fin'
    ? upgrade?.requestAtServerEnd === 'none'
    : firstEnd.mark.packet < request.firstPacket;
}
