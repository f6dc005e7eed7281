/**
 * Segments in, connections out: finds the connection of each segment, numbers connections as Wireshark does,
 * gives each connection its segments, and releases connections that are over. HOT: `segment` runs once per
 * TCP packet.
 *
 * Numbering (Wireshark's tcp.stream): a new 4-tuple is a new connection, and so is a SYN on a known one whose
 * sequence number differs from the one with which that direction began.
 */
import { tunnelOf } from '../decode/capture-route.ts';
import type { IcmpError } from '../decode/icmp-error.ts';
import { ACK, SYN, type Segment } from '../decode/segment.ts';
import { ClosedQueue, isDue, NEVER } from './closed-queue.ts';
import { ReassemblyBudget } from './reassembly-budget.ts';
import { isCopy, isOfConnection } from './other-route.ts';
import { Eviction, idleLongest, silentLongest } from './eviction.ts';
import type { StreamConsumer } from './stream-consumer.ts';
import { takeSegment } from './take-segment.ts';
import { TakenSegment } from './taken-segment.ts';
import { TcpConnection } from './tcp-connection.ts';
import { SegmentBatch } from './segment-batch.ts';
import { TwinLog } from './twin-log.ts';
import { TupleOverlaps } from './tuple-overlaps.ts';
import { TabledTuples, TupleState } from './tuple-state.ts';

export interface ConnectionListener {
  /** A new connection; its consumer may later call {@link TcpConnection.ignore}. */
  open(connection: TcpConnection): StreamConsumer;
}

export interface TrackerOptions {
  /** Connections followed at once. */
  readonly maxLive?: number;
  /**
   * Asked now and then: whether it pays to take segments connection by connection, where bytes are held (see
   * SegmentBatch). Each listener still gets its connection's segments in the order of packets. Default:
   * never.
   */
  readonly batches?: () => boolean;
}

/** A second before any second of a capture. */
const LONG_AGO = -(2 ** 31);

/** Where the tracker keeps what it knows of a connection's 4-tuple. */
interface Place {
  readonly tuples: TupleState;
  readonly index: number;
  /** A connection begins there. */
  readonly isNew: boolean;
}

export class TcpTracker {
  readonly #listener: ConnectionListener;
  readonly #budget = new ReassemblyBudget();
  readonly #ipv4 = new TabledTuples(4);
  readonly #ipv6 = new TabledTuples(6);
  readonly #closed = new ClosedQueue();
  readonly #twins = new TwinLog();
  /** The packet at which the next closed connection is due at the latest. */
  #nextDue = NEVER;
  /** The latest whole second of the capture: packets may have earlier times than those before them. */
  #second = LONG_AGO;
  #liveCount = 0;
  #connectionCount = 0;
  #evictedCount = 0;
  readonly #eviction: Eviction;
  /** Connections that share their 4-tuple with another one in another network; null while there are none. */
  #overlaps: TupleOverlaps | null = null;
  /** The state of these connections, by their index in `#overlaps`. */
  readonly #overlapState = new TupleState();
  readonly #taken = new TakenSegment(this.#ipv4);
  readonly #batch = new SegmentBatch((tuples, tuple, rank, segment) => {
    this.#takeOfTuple(tuples, tuple, rank, segment);
  });
  /** The bytes of packets whose segments may wait; null where none may. */
  #held: Uint8Array | null = null;
  /** The route by which all packets have come so far; null before the first. */
  #route: number | null = null;
  #batches: () => boolean;

  constructor(listener: ConnectionListener, { maxLive, batches = never }: TrackerOptions = {}) {
    this.#listener = listener;
    this.#eviction = new Eviction(maxLive);
    this.#batches = batches;
  }

  /** Connections seen, as Wireshark counts them. */
  get connectionCount(): number {
    return this.#connectionCount;
  }

  /** Connections given up for lack of room before they ended. */
  get evictedCount(): number {
    return this.#evictedCount;
  }

  /** Connections with the 4-tuple of another one that was open in another network. */
  get overlappingCount(): number {
    return this.#overlaps?.count ?? 0;
  }

  /** The caller will not change these bytes until {@link freeBytes}: segments with this `data` may wait. */
  keepBytes(bytes: Uint8Array): void {
    if (this.#batches()) this.#held = bytes;
  }

  /** The bytes that were held may change now. */
  freeBytes(): void {
    this.#takeWaiting();
    this.#held = null;
  }

  /**
   * Takes the next segment. Its view is kept only where its bytes are held.
   *
   * @returns which connection the segment belongs to; the next call fills the same object again
   */
  segment(segment: Segment): TakenSegment {
    const tuples = segment.isIPv6 ? this.#ipv6 : this.#ipv4;
    const { table } = tuples;
    const known = table.size;
    const tuple = table.find(segment);
    const rank = table.fromHigher ? 1 : 0;
    if (segment.route !== this.#route) this.#changeRoute(segment.route);
    this.#taken.fill(tuples, tuple, rank);
    if (tuple === known) {
      tuples.reserve(tuple);
      this.#take(tuples, tuple, rank, this.#open(tuples, tuple, rank, segment), segment);
    } else {
      const connection = tuples.live[tuple] ?? null;
      if (connection !== null && segment.data === this.#held && this.#batch.canTake(segment)) {
        this.#batch.add(tuples, tuple, rank, segment);
        if (this.#batch.isFull) this.#takeWaiting();
      } else {
        if (tuples.waiting[tuple] !== 0) this.#batch.takeOf(tuples, tuple, this.#held!);
        this.#takeOfTuple(tuples, tuple, rank, segment);
      }
    }
    if (segment.seconds > this.#second) this.#second = segment.seconds;
    else if (segment.packet < this.#nextDue) return this.#taken;
    this.#releaseLingering(segment.packet);
    return this.#taken;
  }

  /**
   * Moves the capture's time on without a packet, to whole seconds since 1970. Time never goes back: an earlier one
   * changes nothing.
   */
  advance(seconds: number): void {
    if (seconds <= this.#second) return;
    this.#second = seconds;
    // No packet has come: only time can make a connection due.
    this.#releaseLingering(0);
  }

  /** ICMP says that a segment could not be delivered, and quotes its addresses, ports and sequence number. */
  undelivered(segment: Segment, error: IcmpError): void {
    const tuples = segment.isIPv6 ? this.#ipv6 : this.#ipv4;
    const { table } = tuples;
    const tuple = table.findKnown(segment);
    if (tuple < 0) return;
    const rank = table.fromHigher ? 1 : 0;
    if (tuples.waiting[tuple] !== 0) this.#batch.takeOf(tuples, tuple, this.#held!);
    const connection = tuples.live[tuple] ?? null;
    if (connection === null || connection.ignored) return;
    connection.stream(rank === connection.rankOf0 ? 0 : 1).noteUndelivered(segment, error);
  }

  #takeWaiting(): void {
    if (this.#held !== null) this.#batch.takeAll(this.#held);
  }

  /**
   * Where packets come by several routes, their order matters also between connections, so segments never
   * wait any more.
   */
  #changeRoute(route: number): void {
    if (this.#route !== null) {
      this.freeBytes();
      this.#batches = never;
      for (const tuples of this.#tupleStates) tuples.keepRoutes(this.#route);
    }
    this.#route = route;
    this.#batch.route = route;
  }

  /** Takes a segment of a tuple that was seen before. */
  #takeOfTuple(tuples: TupleState, tuple: number, rank: 0 | 1, segment: Segment): void {
    const connection = tuples.live[tuple] ?? null;
    const route = connection === null ? tuples.routeOf(tuple, rank) : connection.routeOf(rank);
    if (this.#overlaps !== null || (route !== null && route !== segment.route)) {
      this.#segmentByOtherRoute(tuples, tuple, rank, segment);
      return;
    }
    this.#takeKnown(tuples, tuple, rank, connection, segment);
  }

  /** Takes a segment of a tuple that was seen before, by a route that was seen before. */
  #takeKnown(
    tuples: TupleState,
    tuple: number,
    rank: 0 | 1,
    connection: TcpConnection | null,
    segment: Segment,
  ): void {
    const isSyn = (segment.flags & SYN) !== 0;
    const own = isSyn ? this.#synchronizeTuple(tuples, tuple, rank, segment) : connection;
    this.#take(tuples, tuple, rank, own, segment);
  }

  #take(
    tuples: TupleState,
    tuple: number,
    rank: 0 | 1,
    connection: TcpConnection | null,
    segment: Segment,
  ): void {
    // Both bases are known from the second packet on.
    if (connection === null) {
      if (!tuples.hasBases(tuple)) tuples.learnBases(tuple, rank, segment);
      tuples.passBy(tuple, rank, segment);
      return;
    }
    if (!connection.hasBases) {
      tuples.learnBases(tuple, rank, segment);
      connection.hasBases = tuples.hasBases(tuple);
    }

    // Another stream may have made this connection give up a hole, and bytes behind the hole may have made
    // its consumer ignore it.
    if (!connection.ignored) takeSegment(connection, rank === connection.rankOf0 ? 0 : 1, segment);
    if (connection.ignored) {
      this.#drop(tuples, tuple, connection);
      tuples.passBy(tuple, rank, segment);
    } else if (connection.closed && !connection.inClosedQueue) {
      this.#noteClosed(tuples, tuple, connection, segment);
    }
  }

  /**
   * The segment comes by another route than the segments before it, or other connections share its 4-tuple.
   * It may belong to the same connection captured twice (for example before and inside a tunnel), to a
   * connection whose two directions take different routes, or to another connection in a network that has the
   * same addresses.
   */
  #segmentByOtherRoute(tuples: TupleState, tuple: number, rank: 0 | 1, segment: Segment): void {
    const place = this.#placeOf(tuples, tuple, rank, segment);
    if (place === null) {
      this.#taken.isCopy = true;
      return;
    }
    const at = place.index;
    const own = place.tuples;
    this.#taken.fill(own, at, rank);
    if (place.isNew) {
      this.#take(own, at, rank, this.#open(own, at, rank, segment), segment);
      return;
    }
    const connection = own.live[at] ?? null;
    if (connection === null) {
      own.moveRoute(at, rank, segment);
    } else if (connection.routeOf(rank) !== segment.route) {
      const direction = rank === connection.rankOf0 ? 0 : 1;
      if (isCopy(connection, direction, segment)) {
        connection.noteCopy(direction, segment);
        this.#taken.isCopy = true;
        return;
      }
      connection.setRoute(rank, segment.route);
    }
    this.#takeKnown(own, at, rank, connection, segment);
  }

  /**
   * Which of the connections with this 4-tuple the segment belongs to: by its route, else by its sequence
   * numbers. null where it belongs to none of them, and no connection begins with it.
   */
  #placeOf(tuples: TupleState, tuple: number, rank: 0 | 1, segment: Segment): Place | null {
    const { route, flags, payloadLength } = segment;
    const first: Place = { tuples, index: tuple, isNew: false };
    const routeOfFirst = tuples.routeOf(tuple, rank);
    if (routeOfFirst === route) return first;
    const state = this.#overlapState;
    const others = this.#overlaps?.of(segment.isIPv6, tuple) ?? [];
    const byRoute = others.find((index) => state.routeOf(index, rank) === route);
    if (byRoute !== undefined) return { tuples: state, index: byRoute, isNew: false };
    if (fits(tuples, tuple, rank, segment)) return first;
    const near = others.find((index) => fits(state, index, rank, segment));
    if (near !== undefined) return { tuples: state, index: near, isNew: false };
    // The 4-tuple of a connection that is over may be used again.
    if (tuples.isOver(tuple) && (flags & (SYN | ACK)) === SYN) return first;
    if (tunnelOf(routeOfFirst ?? route) === tunnelOf(route)) return first;
    if ((flags & SYN) === 0 && payloadLength === 0) return null;
    this.#overlaps ??= new TupleOverlaps();
    const index = this.#overlaps.add(segment.isIPv6, tuple);
    if (index === null) return first;
    state.reserve(index);
    return { tuples: state, index, isNew: true };
  }

  /** The capture has ended: closes out every connection, in the order in which they began. */
  end(): void {
    this.freeBytes();
    const open: { tuples: TupleState; tuple: number; connection: TcpConnection }[] = [];
    for (const tuples of this.#tupleStates) {
      tuples.live.forEach((connection, tuple) => {
        if (connection !== null) open.push({ tuples, tuple, connection });
      });
    }
    open.sort((a, b) => a.connection.id - b.connection.id);
    for (const { tuples, tuple, connection } of open) {
      this.#release(tuples, tuple, connection, connection.closed ? 'closed' : 'capture-ended');
    }
    this.#closed.clear();
    this.#nextDue = NEVER;
  }

  get #tupleStates(): readonly TupleState[] {
    return [this.#ipv4, this.#ipv6, this.#overlapState];
  }

  /** The connection to which a SYN on a known 4-tuple belongs: often a new one. */
  #synchronizeTuple(tuples: TupleState, tuple: number, rank: 0 | 1, segment: Segment): TcpConnection | null {
    const { flags, sequence } = segment;
    const live = tuples.live[tuple] ?? null;
    if ((flags & ACK) !== 0) {
      // A SYN/ACK opens no connection, but says again with which number its sender began.
      tuples.base[2 * tuple + rank] = sequence;
      if (live !== null) this.#twins.answered(live, rank, segment);
      return live;
    }
    if (!tuples.isBaseKnown(tuple, rank) || tuples.base[2 * tuple + rank] === sequence) return live;
    if (live !== null) this.#release(tuples, tuple, live, live.closed ? 'closed' : 'evicted');
    return this.#open(tuples, tuple, rank, segment);
  }

  #open(tuples: TupleState, tuple: number, rank: 0 | 1, segment: Segment): TcpConnection {
    const connection = new TcpConnection(this.#connectionCount++, segment, this.#budget);
    connection.rankOf0 = rank;
    connection.consumer = this.#listener.open(connection);
    tuples.begin(tuple, connection);
    this.#liveCount++;
    if (this.#eviction.isOverfull(this.#liveCount)) {
      this.#takeWaiting();
      this.#evict(idleLongest(this.#live, connection));
    } else if (this.#eviction.isSweepDue(this.#liveCount)) {
      this.#takeWaiting();
      const isSilentTooLong = silentLongest(this.#live, connection);
      if (isSilentTooLong !== null) this.#evict(isSilentTooLong);
      this.#eviction.swept(this.#liveCount);
    }
    return connection;
  }

  #noteClosed(tuples: TupleState, tuple: number, connection: TcpConnection, segment: Segment): void {
    connection.inClosedQueue = true;
    const second = Math.max(this.#second, segment.seconds);
    this.#closed.add({ tuples, tuple, connection, packet: segment.packet, second });
    this.#nextDue = this.#closed.nextDuePacket;
  }

  #releaseLingering(packet: number): void {
    for (;;) {
      const closed = this.#closed.takeDue(packet, this.#second);
      if (closed === null) break;
      const { tuples, tuple, connection } = closed;
      if (tuples.waiting[tuple] !== 0) this.#batch.takeOf(tuples, tuple, this.#held!);
      // The tuple may belong to a later connection by now.
      if (tuples.live[tuple] !== connection) continue;
      // The connection goes on where its peer did not accept the RST. Where time went back, it lingers from
      // now.
      const hasGoneOn = connection.lastPacket > closed.packet;
      const second = connection.lastSeconds >= closed.second ? connection.lastSeconds : this.#second;
      const last = { packet: connection.lastPacket, second };
      if (hasGoneOn && !isDue(last, packet, this.#second)) this.#closed.add({ ...closed, ...last });
      else this.#release(tuples, tuple, connection, 'closed');
    }
    this.#nextDue = this.#closed.nextDuePacket;
  }

  #release(
    tuples: TupleState,
    tuple: number,
    connection: TcpConnection,
    reason: 'closed' | 'capture-ended' | 'evicted',
  ): void {
    const { last } = connection;
    connection.stream0.finish(connection.consumer, last);
    connection.stream1.finish(connection.consumer, last);
    if (!connection.ignored) connection.consumer.end(reason);
    this.#drop(tuples, tuple, connection);
  }

  #drop(tuples: TupleState, tuple: number, connection: TcpConnection): void {
    tuples.leave(tuple, connection);
    this.#liveCount--;
    this.#eviction.fewer(this.#liveCount);
  }

  /** Made anew by each call. */
  get #live(): TcpConnection[] {
    return this.#tupleStates.flatMap(({ live }) => live.filter((connection) => connection !== null));
  }

  #evict(isMeant: (connection: TcpConnection) => boolean): void {
    for (const tuples of this.#tupleStates) {
      tuples.live.forEach((connection, tuple) => {
        if (connection === null || !isMeant(connection)) return;
        if (!connection.closed) this.#evictedCount++;
        this.#release(tuples, tuple, connection, connection.closed ? 'closed' : 'evicted');
      });
    }
  }
}

/** Whether the segment's sequence numbers are near those of the connection there, whether or not it is followed. */
function fits(tuples: TupleState, index: number, rank: 0 | 1, segment: Segment): boolean {
  const connection = tuples.live[index] ?? null;
  return connection === null ? tuples.fits(index, rank, segment) : isOfConnection(connection, rank, segment);
}

function never(): boolean {
  return false;
}
