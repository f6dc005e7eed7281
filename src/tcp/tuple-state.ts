/**
 * What is kept of every 4-tuple of one IP version as long as the capture is read: what numbering needs, and,
 * for a connection that nobody follows (any more), where its streams stand. So the connection of a segment
 * never depends on which connections are followed.
 */
import { ACK, FIN, RST, SYN, type Segment } from '../decode/segment.ts';
import { ConnectionTable, grown } from './connection-table.ts';
import { isNear } from './other-route.ts';
import type { TcpConnection } from './tcp-connection.ts';

const INITIAL_TUPLES = 1 << 4;

/** Bits of {@link TupleState.flags}. The first of each pair is the lower endpoint's, the second the higher one's. */
const BASE_IS_KNOWN = 1;
const NEXT_IS_KNOWN = 4;
const FIN_WAS_SEEN = 16;
const IS_OVER = 64;

const BOTH_BASES = 3;
const BOTH_FINS = 3 * FIN_WAS_SEEN;

export class TupleState {
  /** The followed connection; null after its end, or where nobody wants it. */
  readonly live: (TcpConnection | null)[] = [];
  /** The connection that began there last: twice its number, and 1 more where the higher endpoint is its direction 0. */
  last: Int32Array = new Int32Array(INITIAL_TUPLES);
  /** Base sequence numbers, two a tuple: sent by the lower endpoint, by the higher one. */
  base: Int32Array = new Int32Array(2 * INITIAL_TUPLES);
  flags: Int32Array = new Int32Array(INITIAL_TUPLES);
  /** For SegmentBatch: the last of its rows that waits for this tuple, plus 1; 0 for none. */
  waiting: Int32Array = new Int32Array(INITIAL_TUPLES);
  /**
   * Where nobody follows the connection: the next sequence number of the lower endpoint, and of the higher
   * one.
   */
  #next: Int32Array = new Int32Array(2 * INITIAL_TUPLES);
  /**
   * Where nobody follows the connection: by which routes the packets of both endpoints come. null while all
   * packets come by one route.
   */
  #routes: Int32Array | null = null;

  reserve(tuple: number): void {
    if (tuple < this.flags.length) return;
    this.flags = grown(this.flags);
    this.last = grown(this.last);
    this.base = grown(this.base);
    this.waiting = grown(this.waiting);
    this.#next = grown(this.#next);
    if (this.#routes !== null) this.#routes = grown(this.#routes);
  }

  hasBases(tuple: number): boolean {
    return (this.flags[tuple]! & BOTH_BASES) === BOTH_BASES;
  }

  isBaseKnown(tuple: number, rank: 0 | 1): boolean {
    return (this.flags[tuple]! & (BASE_IS_KNOWN << rank)) !== 0;
  }

  /**
   * Wireshark's base sequence numbers: the sender's own (SYN or not), and for the other side one before the
   * acknowledgement.
   */
  learnBases(tuple: number, rank: 0 | 1, segment: Segment): void {
    const { flags, sequence, acknowledgement } = segment;
    const other = rank === 0 ? 1 : 0;
    if (!this.isBaseKnown(tuple, rank)) {
      this.base[2 * tuple + rank] = (flags & SYN) !== 0 ? sequence : (sequence - 1) | 0;
      this.flags[tuple]! |= BASE_IS_KNOWN << rank;
    }
    if (!this.isBaseKnown(tuple, other) && (flags & ACK) !== 0) {
      this.base[2 * tuple + other] = (acknowledgement - 1) | 0;
      this.flags[tuple]! |= BASE_IS_KNOWN << other;
    }
  }

  begin(tuple: number, connection: TcpConnection): void {
    this.live[tuple] = connection;
    this.last[tuple] = 2 * connection.id + connection.rankOf0;
    this.flags[tuple] = 0;
  }

  /** Nobody follows the connection any more. */
  leave(tuple: number, connection: TcpConnection): void {
    this.live[tuple] = null;
    for (const direction of [0, 1] as const) {
      const stream = connection.stream(direction);
      const rank = direction === 0 ? connection.rankOf0 : connection.rankOf0 ^ 1;
      if (stream.started) {
        this.#next[2 * tuple + rank] = stream.nextSequence;
        this.flags[tuple]! |= NEXT_IS_KNOWN << rank;
      }
      if (stream.fin !== null) this.flags[tuple]! |= FIN_WAS_SEEN << rank;
    }
    if (connection.closed) this.flags[tuple]! |= IS_OVER;
    if (this.#routes === null) return;
    this.#routes[2 * tuple] = connection.routeOf(0);
    this.#routes[2 * tuple + 1] = connection.routeOf(1);
  }

  /** HOT: a segment of a connection that nobody follows. */
  passBy(tuple: number, rank: 0 | 1, segment: Segment): void {
    const { flags, sequence, payloadLength } = segment;
    // A RST may have a sequence number that is not the stream's.
    if ((flags & RST) !== 0) {
      this.flags[tuple]! |= IS_OVER;
      return;
    }
    const at = 2 * tuple;
    this.#next[at + rank] = (sequence + payloadLength + ((flags & SYN) !== 0 ? 1 : 0)) | 0;
    let known = this.flags[tuple]! | (NEXT_IS_KNOWN << rank);
    if ((flags & ACK) !== 0) {
      this.#next[at + 1 - rank] = segment.acknowledgement;
      known |= NEXT_IS_KNOWN << (1 - rank);
    }
    if ((flags & FIN) !== 0) {
      known |= FIN_WAS_SEEN << rank;
      if ((known & BOTH_FINS) === BOTH_FINS) known |= IS_OVER;
    }
    this.flags[tuple] = known;
  }

  /** From now on packets come by several routes; until now all came by this one. */
  keepRoutes(route: number): void {
    this.#routes ??= new Int32Array(2 * this.flags.length).fill(route);
  }

  /**
   * The route by which the packets of the lower (0) or higher (1) endpoint come; null while all come by one
   * route.
   */
  routeOf(tuple: number, rank: 0 | 1): number | null {
    const connection = this.live[tuple] ?? null;
    if (connection !== null) return connection.routeOf(rank);
    return this.#routes === null ? null : this.#routes[2 * tuple + rank]!;
  }

  /**
   * Where nobody follows the connection: if the segment shows anything new, its route becomes the endpoint's
   * route.
   */
  moveRoute(tuple: number, rank: 0 | 1, segment: Segment): void {
    if (this.#routes === null) return;
    const ahead = (segment.sequence + segment.payloadLength - this.#next[2 * tuple + rank]!) | 0;
    const acknowledged = (segment.acknowledgement - this.#next[2 * tuple + 1 - rank]!) | 0;
    const bringsNothing = ahead <= 0 && ((segment.flags & ACK) === 0 || acknowledged <= 0);
    if (!bringsNothing) this.#routes[2 * tuple + rank] = segment.route;
  }

  isOver(tuple: number): boolean {
    return this.live[tuple]?.closed ?? (this.flags[tuple]! & IS_OVER) !== 0;
  }

  /**
   * Where nobody follows the connection: whether the segment's numbers fit, as far as known (see
   * other-route.ts).
   */
  fits(tuple: number, rank: 0 | 1, { flags, sequence, acknowledgement }: Segment): boolean {
    const fitsAcknowledged = (flags & ACK) === 0 || this.#isNear(tuple, rank === 0 ? 1 : 0, acknowledgement);
    if ((flags & SYN) !== 0) {
      const begins = !this.isBaseKnown(tuple, rank) || this.base[2 * tuple + rank] === sequence;
      return begins && fitsAcknowledged;
    }
    return ((flags & RST) !== 0 || this.#isNear(tuple, rank, sequence)) && fitsAcknowledged;
  }

  #isNear(tuple: number, rank: 0 | 1, sequence: number): boolean {
    const isKnown = (this.flags[tuple]! & (NEXT_IS_KNOWN << rank)) !== 0;
    return !isKnown || isNear(sequence, this.#next[2 * tuple + rank]!);
  }
}

export class TabledTuples extends TupleState {
  readonly table: ConnectionTable;

  constructor(version: 4 | 6) {
    super();
    this.table = new ConnectionTable(version);
  }
}
