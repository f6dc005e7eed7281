/**
 * What TCP knows of one connection and of each of its two streams. Plain facts, written by TcpTracker and
 * StreamReassembler, read by the consumer.
 */
import { tunnelOf } from '../decode/capture-route.ts';
import { formatIPv4, formatIPv6 } from '../basics/ip-address.ts';
import { ACK, FIN, RST, SYN, type Segment } from '../decode/segment.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { markOf, type PacketMark } from './packet-mark.ts';
import type { EndedSilence } from './reset-watch.ts';
import { StreamReassembler } from './stream-reassembler.ts';
import type { ReassemblyBudget } from './reassembly-budget.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import type { StreamConsumer } from './stream-consumer.ts';
import type { Beginning } from './beginning.ts';

export interface TcpEndpoint {
  readonly address: string;
  readonly port: number;
}

/** A route by which packets of one direction came. */
export interface CapturedRoute {
  readonly direction: Direction;
  /** As {@link Segment.route}. */
  readonly route: number;
}

/** After this many seconds without a byte of either side, the silence before the next byte is remembered. */
export const LONG_SILENCE_SECONDS = 120;

/**
 * The most routes of copies that are kept for a connection.
 * @bound routes of copies kept of a connection: {count}
 */
const MAX_COPY_ROUTES = 16;

export class TcpConnection {
  // What every packet touches stands first (see StreamReassembler).
  consumer!: StreamConsumer;
  readonly stream0: StreamReassembler;
  readonly stream1: StreamReassembler;
  /**
   * For TcpTracker: the rank of direction 0's sender, 0 for the lower and 1 for the higher of the two
   * endpoints.
   */
  rankOf0: 0 | 1 = 0;
  /** For TcpTracker: it knows all that it needs to know of this 4-tuple. */
  hasBases = false;
  /** Set by {@link ignore}. */
  ignored = false;
  /** Both sides have ended, or one has reset. */
  closed = false;
  lastPacket: number;
  lastSeconds: number;
  lastNanoseconds: number;
  /** The route by which the packets of the lower and the higher endpoint come ({@link Segment.route}). */
  #routeOfLower: number;
  #routeOfHigher: number;

  /** Wireshark's tcp.stream. */
  readonly id: number;
  readonly first: PacketMark;
  /** Who sent the SYN (or was sent the SYN/ACK): null where neither was captured. */
  originator: Direction | null = null;
  /** The same packet captured more than once (as on `-i any`): how often, and where first. */
  duplicates = 0;
  firstDuplicate = 0;
  /**
   * Other routes by which its packets came once more, as many as there is room for; null where there are
   * none.
   */
  #copies: CapturedRoute[] | null = null;
  /** From the SYN to the packet that answers the SYN/ACK: a round trip, wherever it was captured. null where not known. */
  roundTripMs: number | null = null;
  /** The last data that ended a long silence, and who sent it. */
  #silence: { readonly direction: Direction; readonly ended: EndedSilence } | null = null;
  /** For TwinLog; null before the SYN/ACK. */
  beginning: Beginning | null = null;
  /** For TcpTracker: the connection waits in the queue of closed connections. */
  inClosedQueue = false;

  /** The address of direction 0's sender, and of direction 1's: numbers for IPv4, for IPv6 words in one array. */
  readonly #address0: number;
  readonly #address1: number;
  readonly #addresses: Int32Array | null;
  readonly #port0: number;
  readonly #port1: number;

  constructor(id: number, segment: Segment, budget: ReassemblyBudget) {
    this.stream0 = new StreamReassembler(0, budget);
    this.stream1 = new StreamReassembler(1, budget);
    this.stream0.peer = this.stream1;
    this.stream1.peer = this.stream0;
    this.lastPacket = segment.packet;
    this.lastSeconds = segment.seconds;
    this.lastNanoseconds = segment.nanoseconds;
    this.#routeOfLower = segment.route;
    this.#routeOfHigher = segment.route;
    this.id = id;
    this.first = markOf(segment);
    this.#address0 = segment.addresses[0]!;
    this.#address1 = segment.addresses[4]!;
    this.#addresses = segment.isIPv6 ? segment.addresses.slice() : null;
    this.#port0 = segment.sourcePort;
    this.#port1 = segment.destinationPort;
  }

  /** The id of another connection that began with the same two sequence numbers; null where there is none. */
  get twin(): number | null {
    return this.beginning?.twin ?? null;
  }

  /** By direction. */
  get streams(): readonly [StreamReassembler, StreamReassembler] {
    return [this.stream0, this.stream1];
  }

  stream(direction: Direction): StreamReassembler {
    return direction === 0 ? this.stream0 : this.stream1;
  }

  /** For TcpTracker: by which route the packets of the lower (0) or higher (1) endpoint come. */
  routeOf(rank: 0 | 1): number {
    return rank === 0 ? this.#routeOfLower : this.#routeOfHigher;
  }

  /** Some of its packets came through a tunnel, in which others may have the same addresses. */
  get isTunneled(): boolean {
    const own = [this.#routeOfLower, this.#routeOfHigher];
    return [...own, ...(this.#copies ?? []).map(({ route }) => route)].some((route) => tunnelOf(route) !== 0);
  }

  setRoute(rank: 0 | 1, route: number): void {
    if (rank === 0) this.#routeOfLower = route;
    else this.#routeOfHigher = route;
  }

  /** A packet that another route has shown before. */
  noteCopy(direction: Direction, segment: Segment): void {
    const { route, packet, flags, payloadLength } = segment;
    this.lastPacket = packet;
    this.lastSeconds = segment.seconds;
    this.lastNanoseconds = segment.nanoseconds;
    const copies = (this.#copies ??= []);
    const isKnown = copies.some((copy) => copy.direction === direction && copy.route === route);
    if (!isKnown && copies.length < MAX_COPY_ROUTES) copies.push({ direction, route });
    // Segments that only acknowledge are not counted, as where they come twice by the same route.
    if (payloadLength === 0 && (flags & (SYN | FIN | RST)) === 0) return;
    if (this.duplicates++ === 0) this.firstDuplicate = packet;
  }

  /**
   * Data after a time in which this side sent none. If the other side sent none either for a long time, the silence is
   * remembered.
   */
  noteSilence(direction: Direction, segment: Segment): void {
    const from = this.#lastByte;
    if (from === null || millisecondsBetween(from, segment) <= LONG_SILENCE_SECONDS * 1000) return;
    const ended = { from, until: markOf(segment), acknowledgement: segment.acknowledgement };
    this.#silence = { direction, ended };
  }

  /** How long before this segment the last packet of the connection was captured, in milliseconds. */
  millisecondsSinceLast({ seconds, nanoseconds }: Segment): number {
    return (seconds - this.lastSeconds) * 1000 + (nanoseconds - this.lastNanoseconds) / 1e6;
  }

  /** The long silence that data of this direction ended, if that data is the last that ended one. */
  silenceEndedBy(direction: Direction): EndedSilence | null {
    return this.#silence?.direction === direction ? this.#silence.ended : null;
  }

  /** The packet that brought the last byte of either side. */
  get #lastByte(): PacketMark | null {
    const [a, b] = [this.stream0.lastByte, this.stream1.lastByte];
    if (a === null || b === null) return a ?? b;
    return millisecondsBetween(a, b) > 0 ? b : a;
  }

  /** The second packet of a side: the one who sent the SYN thereby answers the SYN/ACK. */
  noteSecondPacket(direction: Direction, segment: Segment): void {
    const { syn } = this.stream(direction);
    const isAnswer = (segment.flags & (SYN | ACK)) === ACK && this.originator === direction;
    if (!isAnswer || syn === null || this.stream(otherOf(direction)).syn === null) return;
    this.roundTripMs = Math.max(0, millisecondsBetween(syn, segment));
  }

  /**
   * By which routes its packets came: for each captured direction the route that counts, then the routes of
   * copies.
   */
  routes(): readonly (CapturedRoute & { readonly isCopy: boolean })[] {
    const routes: (CapturedRoute & { readonly isCopy: boolean })[] = [];
    const rankOf1 = this.rankOf0 === 0 ? 1 : 0;
    if (this.stream0.isCaptured)
      routes.push({ direction: 0, route: this.routeOf(this.rankOf0), isCopy: false });
    if (this.stream1.isCaptured) routes.push({ direction: 1, route: this.routeOf(rankOf1), isCopy: false });
    for (const { direction, route } of this.#copies ?? []) routes.push({ direction, route, isCopy: true });
    return routes;
  }

  /** The latest packet. */
  get last(): PacketMark {
    return { packet: this.lastPacket, seconds: this.lastSeconds, nanoseconds: this.lastNanoseconds };
  }

  /** The sender of a direction's bytes. */
  endpoint(direction: Direction): TcpEndpoint {
    const address =
      this.#addresses === null
        ? formatIPv4(direction === 0 ? this.#address0 : this.#address1)
        : formatIPv6(this.#addresses, direction * 4);
    return { address, port: direction === 0 ? this.#port0 : this.#port1 };
  }

  /** For the consumer: it does not want this connection. No more calls come, and the memory is released. */
  ignore(): void {
    this.ignored = true;
    this.stream0.discard();
    this.stream1.discard();
  }
}
