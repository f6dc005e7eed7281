/** What ended a WebSocket: the first Close, FIN or RST, as far as the capture can show that it was the first. */
import type { CloseFrame, ConnectionRecord, Role } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';

export interface Ending {
  readonly by: Role;
  readonly how: 'close' | 'fin' | 'rst';
  readonly mark: PacketMark;
  /** The Close; null where TCP ended without one. */
  readonly close: CloseFrame | null;
}

/** null where TCP had not ended, and where something earlier may be missing from the capture. */
export function endingOf({
  firstEnd,
  closeFirstBy,
  clientSide,
  serverSide,
  tcp,
}: ConnectionRecord): Ending | null {
  if (firstEnd === null || firstEnd.followsUnseen) return null;
  if (!tcp.client.isCaptured || !tcp.server.isCaptured) return null;
  if (clientSide.isFramingLost || serverSide.isFramingLost) return null;
  const close = (closeFirstBy === 'client' ? clientSide : serverSide).closeFrame;
  if (closeFirstBy !== null && close !== null) {
    // A side sends its Close before its own FIN, in whatever order the two were captured.
    const isFirst = closeFirstBy === firstEnd.by || (close.isBeforePeerEnd && !close.isUnseenByPeerEnd);
    if (isFirst) return { by: closeFirstBy, how: 'close', mark: close.mark, close };
  }
  return { by: firstEnd.by, how: firstEnd.how, mark: firstEnd.mark, close: null };
}
