/**
 * Chooses the packets of some connections, each with its connection and direction, from the packets that the
 * Analyzer takes. tcp/ says which packet belongs to which connection. HOT: `packet` runs once per packet of
 * the capture.
 */
import type { TappedPacket } from '../analysis/packet-tap.ts';
import type { Segment } from '../decode/segment.ts';
import type { Direction } from '../basics/direction.ts';
import type { StreamConsumer } from '../tcp/stream-consumer.ts';
import type { TakenSegment } from '../tcp/taken-segment.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';

export interface SelectedPacket {
  /** Position in the capture, from 1. */
  readonly number: number;
  /** Holds the captured bytes at `start` up to `end`; valid until the call returns. */
  readonly data: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly originalLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly linkType: number;
  /** The same object is filled again for each packet. */
  readonly segment: Segment;
  readonly connection: TcpConnection;
  readonly direction: Direction;
  /**
   * The packet is in a tunnel, or its link layer is rare: its IP packet begins at the segment's
   * `networkStart`.
   */
  readonly isInside: boolean;
  /** The last of several packets that hold one IP packet in pieces: the segment's data has the whole. */
  readonly isReassembled: boolean;
  /**
   * Another route (outside of a tunnel, by another interface) has already shown everything in this packet.
   */
  readonly isCopy: boolean;
}

export interface SelectionHandler {
  /** A chosen connection begins. Returns the consumer of its streams; null: nobody takes them. */
  open(connection: TcpConnection): StreamConsumer | null;
  packet(packet: SelectedPacket): void;
}

export class PacketSelector {
  readonly #handler: SelectionHandler;
  readonly #ids: ReadonlySet<number>;
  /**
   * The chosen connections by number. They stay after tcp/ has released them: late packets are chosen too.
   */
  readonly #chosen = new Map<number, TcpConnection>();
  readonly #unwanted: (connection: TcpConnection) => StreamConsumer;

  /** @param unwanted what takes the streams that nobody else does */
  constructor(
    ids: ReadonlySet<number>,
    handler: SelectionHandler,
    unwanted: (connection: TcpConnection) => StreamConsumer,
  ) {
    this.#ids = ids;
    this.#handler = handler;
    this.#unwanted = unwanted;
  }

  open(connection: TcpConnection): StreamConsumer {
    if (!this.#ids.has(connection.id)) return this.#unwanted(connection);
    this.#chosen.set(connection.id, connection);
    return this.#handler.open(connection) ?? this.#unwanted(connection);
  }

  packet(packet: TappedPacket, taken: TakenSegment): void {
    const connection = this.#chosen.get(taken.connectionId);
    if (connection === undefined) return;
    const { data, start, end, originalLength, linkType, segment, isInside } = packet;
    const { direction, isCopy } = taken;
    this.#handler.packet({
      number: segment.packet,
      data,
      start,
      end,
      originalLength,
      seconds: segment.seconds,
      nanoseconds: segment.nanoseconds,
      linkType,
      segment,
      connection,
      direction,
      isInside,
      isReassembled: isInside && segment.isReassembled,
      isCopy,
    });
  }
}
