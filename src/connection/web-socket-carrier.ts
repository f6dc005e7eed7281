/**
 * What a WebSocket asks of what carries it. Offsets are TCP's, whatever stands between TCP and the WebSocket: they are held
 * against acknowledgements, which know of nothing else.
 */
import type { Direction } from '../basics/direction.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { TcpEndpoint } from '../tcp/tcp-connection.ts';

/** How a side of the carrier ended. */
export interface SideEnd {
  readonly mark: PacketMark;
  /** Offset of the other direction before which its sender had seen everything. */
  readonly acknowledges: number;
}

export interface WebSocketCarrier {
  /** The sender of a direction's bytes. */
  endpoint(direction: Direction): TcpEndpoint;
  /** Number of the packet that is being read. */
  readonly lastPacket: number;
  /** Offset behind the last byte of this direction that was handed on. */
  nextOffset(direction: Direction): number;
  /** Offset of this direction before which the other side has acknowledged everything. */
  acknowledgedOffset(direction: Direction): number;
  /** The same, by the other side's last packet alone. */
  lastAcknowledgedOffset(direction: Direction): number;
  /** The first end of this direction that was captured; null while there is none. */
  endOf(direction: Direction): SideEnd | null;
}
