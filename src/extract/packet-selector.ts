/**
 * Packets of a capture in; those of chosen connections out, each with its connection and direction. The numbering is
 * TcpTracker's, and so is the reassembly, whose stream offsets say where in its stream a payload belongs.
 * HOT: once per packet of the capture.
 */
import type { PacketHandler } from '../capture/packet-handler.ts';
import { onInterface } from '../decode/capture-route.ts';
import { decodePacket, DECODED } from '../decode/decode-packet.ts';
import { DeepDecoder } from '../decode/deep-decoder.ts';
import { Segment } from '../decode/segment.ts';
import type { Direction } from '../basics/direction.ts';
import { ConnectionTable } from '../tcp/connection-table.ts';
import type { StreamConsumer } from '../tcp/stream-consumer.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import { TcpTracker } from '../tcp/tcp-tracker.ts';
import { Unread } from '../tcp/unread.ts';

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
  /** Filled anew for each packet. */
  readonly segment: Segment;
  readonly connection: TcpConnection;
  readonly direction: Direction;
  /** It is in a tunnel, or its link layer is a rare one: its IP packet begins at the segment's `networkStart`. */
  readonly isInside: boolean;
  /** It is the last one of several that hold an IP packet in pieces: the segment's data has the whole. */
  readonly isReassembled: boolean;
  /** Another route (outside of a tunnel, by another interface) has shown all that is in it. */
  readonly isCopy: boolean;
}

export interface SelectionHandler {
  /** A chosen connection begins. What takes its streams; null: nobody does. */
  open(connection: TcpConnection): StreamConsumer | null;
  packet(packet: SelectedPacket): void;
}

/** Behind those of both IP versions. */
const OVERLAPPING = 2;

interface Followed {
  readonly connection: TcpConnection;
  readonly isFirstFromHigher: boolean;
}

export class PacketSelector implements PacketHandler {
  readonly #handler: SelectionHandler;
  readonly #ids: ReadonlySet<number>;
  readonly #segment = new Segment();
  readonly #tables: readonly [ConnectionTable, ConnectionTable] = [
    new ConnectionTable(4),
    new ConnectionTable(6),
  ];
  readonly #deep = new DeepDecoder();
  /**
   * By IP version and 4-tuple, or by the tracker's number where several share that: its connection, where that is a chosen
   * one. It stays after the tracker has let go of it.
   */
  readonly #current: readonly (Followed | null)[][] = [[], [], []];
  readonly #tracker: TcpTracker;
  #version: 0 | 1 = 0;
  #tuple = 0;
  #isFromHigher = false;
  packetCount = 0;

  constructor(ids: ReadonlySet<number>, handler: SelectionHandler) {
    this.#ids = ids;
    this.#handler = handler;
    this.#tracker = new TcpTracker({ open: (connection) => this.#open(connection) });
  }

  packet(
    data: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    linkType: number,
    interfaceId = 0,
  ): void {
    this.packetCount++;
    const segment = this.#segment;
    segment.packet = this.packetCount;
    segment.seconds = seconds;
    segment.nanoseconds = nanoseconds;
    const found = decodePacket(data, start, end, originalLength, linkType, segment);
    if (interfaceId !== 0) segment.route = onInterface(segment.route, interfaceId);
    const isInside = found !== DECODED;
    if (isInside && this.#deep.decode(found, data, start, end, originalLength, linkType, segment) !== DECODED)
      return;
    this.#version = segment.isIPv6 ? 1 : 0;
    const table = this.#tables[this.#version];
    this.#tuple = table.find(segment);
    this.#isFromHigher = table.fromHigher;
    this.#tracker.overlap = -1;
    this.#tracker.wasCopy = false;
    this.#tracker.segment(segment);
    const followed = this.#currentOf()[this.#index()] ?? null;
    if (followed === null) return;
    this.#handler.packet({
      number: this.packetCount,
      data,
      start,
      end,
      originalLength,
      seconds,
      nanoseconds,
      linkType,
      segment,
      connection: followed.connection,
      direction: followed.isFirstFromHigher === this.#isFromHigher ? 0 : 1,
      isInside,
      isReassembled: isInside && segment.isReassembled,
      isCopy: this.#tracker.wasCopy,
    });
  }

  #currentOf(): (Followed | null)[] {
    return this.#current[this.#tracker.overlap < 0 ? this.#version : OVERLAPPING]!;
  }

  #index(): number {
    return this.#tracker.overlap < 0 ? this.#tuple : this.#tracker.overlap;
  }

  note(): void {
    // The analysis has told it.
  }

  /** The capture has ended. */
  end(): void {
    this.#tracker.end();
  }

  /** Called by the tracker while it takes the first segment of a connection. */
  #open(connection: TcpConnection): StreamConsumer {
    const isChosen = this.#ids.has(connection.id);
    this.#currentOf()[this.#index()] = isChosen
      ? { connection, isFirstFromHigher: this.#isFromHigher }
      : null;
    return (isChosen ? this.#handler.open(connection) : null) ?? new Unread(connection);
  }
}
