/**
 * What a WebSocket needs to know from its carrier. Offsets are TCP's, whatever is between TCP and the
 * WebSocket: they are compared with acknowledgements, which are TCP's too.
 */
import type { Direction } from '../basics/direction.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { TcpEndpoint } from '../tcp/tcp-connection.ts';

/** How a side of the carrier ended. */
export interface SideEnd {
  readonly mark: PacketMark;
  /** Its sender had seen everything of the other direction before this offset. */
  readonly acknowledges: number;
  /** It says itself what it acknowledges. Otherwise `acknowledges` is that of an earlier packet, and its sender may have seen more. */
  readonly isAcknowledging: boolean;
}

export interface WebSocketCarrier {
  /** The sender of a direction's bytes. */
  endpoint(direction: Direction): TcpEndpoint;
  /** Number of the packet that is being read. */
  readonly lastPacket: number;
  /** The offset behind the last byte of this direction that was handed on. */
  nextOffset(direction: Direction): number;
  /** The other side has acknowledged everything of this direction before this offset. */
  acknowledgedOffset(direction: Direction): number;
  /** The same, by the other side's last packet alone. */
  lastAcknowledgedOffset(direction: Direction): number;
  /** The first end of this direction that was captured; null while there is none. */
  endOf(direction: Direction): SideEnd | null;
}
