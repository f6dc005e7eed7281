/**
 * What TCP knows of one connection, as facts: its flags, their order, its two streams; not what they mean.
 */
import type { ByteSink, ByteSource } from '../carrier/byte-stream.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { EndReason } from '../tcp/stream-consumer.ts';
import type { TcpConnection, TcpEndpoint } from '../tcp/tcp-connection.ts';
import { EndOrder } from './end-order.ts';
import { hopLimitsOf } from './forgery.ts';
import { roleOf, type CarrierFacts, type Role, type TcpFacts, type TcpSideFacts } from './record.ts';
import { isUnopenedOfNote, mayBeAnswerThenEnd } from './unopened.ts';
import type { SideEnd, WebSocketCarrier } from './web-socket-carrier.ts';

/** A flag that was captured for the first time. */
export interface TcpFlag {
  readonly event: 'syn' | 'syn-ack' | 'fin' | 'rst';
  readonly mark: PacketMark;
}

export class TcpLife implements WebSocketCarrier, ByteSource {
  readonly #connection: TcpConnection;
  readonly #ends: EndOrder;

  constructor(connection: TcpConnection) {
    this.#connection = connection;
    this.#ends = new EndOrder(connection);
  }

  /** Who sent the SYN; null where it was not captured. */
  get originator(): Direction | null {
    return this.#connection.originator;
  }

  /** The first SYN, FIN or RST of a direction. */
  flag(direction: Direction, flag: 'syn' | 'fin' | 'rst'): TcpFlag {
    const mark = this.#connection.stream(direction)[flag]!;
    if (flag !== 'syn') {
      this.#ends.end(direction, flag, mark);
      return { event: flag, mark };
    }
    const isAnswer = this.#connection.stream(otherOf(direction)).syn !== null;
    return { event: isAnswer ? 'syn-ack' : 'syn', mark };
  }

  /** No byte was sent, and a rule may have something to say about that. */
  get isUnopenedOfNote(): boolean {
    return isUnopenedOfNote(this.#connection, this.#ends.firstEnder);
  }

  /** No byte of it is known, and it may have been a 101 and an end. */
  get mayBeAnswerThenEnd(): boolean {
    return mayBeAnswerThenEnd(this.#connection, this.#ends.firstEnder);
  }

  // As a carrier.

  endpoint(direction: Direction): TcpEndpoint {
    return this.#connection.endpoint(direction);
  }

  get lastPacket(): number {
    return this.#connection.lastPacket;
  }

  nextOffset(direction: Direction): number {
    return this.#connection.stream(direction).nextOffset;
  }

  acknowledgedOffset(direction: Direction): number {
    return this.#connection.stream(direction).acknowledgedOffset;
  }

  lastAcknowledgedOffset(direction: Direction): number {
    return this.#connection.stream(direction).lastAcknowledgedOffset;
  }

  endOf(direction: Direction): SideEnd | null {
    return this.#ends.endOf(direction);
  }

  sendTo(direction: Direction, sink: ByteSink): void {
    this.#connection.stream(direction).sendTo(sink);
  }

  // Its part of the record.

  carrierFacts(client: Direction, endedBy: EndReason): CarrierFacts {
    const connection = this.#connection;
    return {
      client: connection.endpoint(client),
      server: connection.endpoint(otherOf(client)),
      first: connection.first,
      last: connection.last,
      endedBy,
      firstEnd: this.#ends.firstEnd(client),
    };
  }

  facts(client: Direction): TcpFacts {
    const connection = this.#connection;
    return {
      client: sideOf(connection, client, 'client'),
      server: sideOf(connection, otherOf(client), 'server'),
      duplicates: { count: connection.duplicates, firstPacket: connection.firstDuplicate },
      routes: connection
        .routes()
        .map(({ direction, route, isCopy }) => ({ from: roleOf(direction, client), route, isCopy })),
      roundTripMs: connection.roundTripMs,
      twin: connection.twin,
    };
  }
}

function sideOf(connection: TcpConnection, direction: Direction, role: Role): TcpSideFacts {
  const stream = connection.stream(direction);
  return {
    role,
    streamBytes: stream.streamBytes,
    isCaptured: stream.isCaptured,
    segments: stream.segments,
    retransmissions: stream.retransmissions,
    outOfOrder: stream.outOfOrder,
    gapBytes: stream.gapBytes,
    cutBytes: stream.cutBytes,
    hasUnseenEnd: stream.unseenFrom !== null,
    isAcknowledged: stream.acknowledgedOffset >= stream.nextOffset,
    lastByte: stream.lastByte,
    syns: stream.syns,
    trouble: stream.trouble,
    undelivered: stream.undelivered,
    neverReceived: stream.neverReceived,
    neverReceivedBytes: stream.neverReceivedBytes,
    overlapConflict: stream.overlapConflict,
    syn: stream.syn,
    fin: stream.fin,
    rst: stream.rst,
    initialSequence: stream.initialSequence,
    hopLimits: hopLimitsOf(stream),
    reset: stream.resetFacts,
  };
}
