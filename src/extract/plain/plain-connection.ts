/**
 * A connection whose carriers are taken off: keeps the bytes inside in the spool, and where they belong in TCP's streams. Learns it while
 * the streams are read, before any packet is written.
 */
import { otherOf, type Direction } from '../../basics/direction.ts';
import type { GapLength } from '../../carrier/byte-stream.ts';
import type { StreamConsumer } from '../../tcp/stream-consumer.ts';
import type { TcpConnection } from '../../tcp/tcp-connection.ts';
import { newStreams, type Streams, type TailBudget } from '../rewritten-stream.ts';
import type { Spool } from '../spool.ts';
import { PlainMap } from './plain-map.ts';
import { PlainTap, type PlainSink, type TapTools } from './plain-tap.ts';

/**
 * What is written where bytes are missing and nobody knows how many: more than the rest of any usual message, so that a reader doesn't
 * take what comes next for a part of it.
 */
const UNKNOWN_GAP = 1024 * 1024;

export class PlainConnection implements StreamConsumer, PlainSink {
  readonly streams: Streams;
  readonly #maps: readonly [PlainMap, PlainMap] = [new PlainMap(), new PlainMap()];
  /** Bytes of TCP's streams, including missing ones. */
  readonly #received: [number, number] = [0, 0];
  /** A carrier was met. */
  isCarried = false;
  /** Something of what is inside was read. */
  isRead = false;
  /** Bytes are missing, and nobody knows how many. */
  hasUnknownGap = false;
  /** The packets with a close_notify, and whether it stands for a FIN. */
  readonly #closed: [number | null, number | null] = [null, null];
  #endingSide: Direction | null = null;
  #hasEnded = false;
  readonly #connection: TcpConnection;
  readonly #tools: TapTools;
  #tap: PlainTap | null = null;

  constructor(connection: TcpConnection, spool: Spool, tails: TailBudget, tools: TapTools) {
    this.#connection = connection;
    this.#tools = tools;
    this.streams = newStreams(spool, tails);
  }

  /** Its packets are written anew. */
  get isTakenOff(): boolean {
    return this.isCarried && this.isRead;
  }

  /** The offset of the bytes inside that belongs to an offset of TCP. A FIN counts one at the end of both. */
  inside(direction: Direction, offset: number): number {
    const beyond = Math.max(0, offset - this.#received[direction]);
    return this.#maps[direction].inside(offset - beyond) + beyond;
  }

  /**
   * In this packet the side said that it sends nothing more, before the other side did, which then was the first to end TCP. Without a FIN
   * here the other side would seem to have ended first.
   */
  endsIn(direction: Direction, packet: number): boolean {
    return this.#endingSide === direction && this.#closed[direction] === packet;
  }

  // From TCP.

  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#received[direction] += end - start;
    this.#begun().data(direction, bytes, start, end, packet, seconds, nanoseconds);
    this.#mark(direction);
  }

  gap(direction: Direction, length: number, packet: number, seconds: number, nanoseconds: number): void {
    this.#received[direction] += length;
    this.#begun().gap(direction, length, packet, seconds, nanoseconds);
    this.#mark(direction);
  }

  flag(direction: Direction, flag: 'syn' | 'fin' | 'rst'): void {
    if (flag === 'syn' || this.#hasEnded) return;
    this.#hasEnded = true;
    const [own, others] = [this.#closed[direction], this.#closed[otherOf(direction)]];
    if (others !== null && (own === null || others < own)) this.#endingSide = otherOf(direction);
  }

  end(): void {
    this.#tap?.finish();
    for (const direction of [0, 1] as const) {
      this.#mark(direction);
      this.streams[direction].flush();
    }
  }

  // From the tap.

  plain(direction: Direction, bytes: Uint8Array, start: number, end: number): void {
    if (this.isCarried) this.isRead = true;
    this.streams[direction].append(bytes, start, end);
  }

  missing(direction: Direction, length: GapLength): void {
    if (length === 'unknown') this.hasUnknownGap = true;
    this.streams[direction].skip(length === 'unknown' ? UNKNOWN_GAP : length);
  }

  closed(direction: Direction, packet: number): void {
    if (this.#closed[direction] === null && !this.#hasEnded) this.#closed[direction] = packet;
  }

  carried(direction: Direction, plainBytes: number): void {
    this.isCarried = true;
    this.#maps[direction].begin(plainBytes);
  }

  #mark(direction: Direction): void {
    // A record of one side may complete what is known of the other's.
    for (const each of [direction, otherOf(direction)]) {
      this.#maps[each].add(this.#received[each], this.streams[each].end);
    }
  }

  #begun(): PlainTap {
    if (this.#tap !== null) return this.#tap;
    const { originator } = this.#connection;
    const server = originator === null ? null : otherOf(originator);
    this.#tap = new PlainTap(this, this.#tools, originator !== null, server);
    return this.#tap;
  }
}
