/**
 * One direction of a connection: segments in any order in, bytes in order out (RFC 9293 §3.4, §3.10.7.4).
 * HOT: `receive` runs once per segment with payload. In-order bytes pass through uncopied.
 *
 * Sequence numbers are int32; a stream offset counts bytes from ISN + 1 (or, where the SYN was not captured, from
 * the first byte seen) and only grows.
 */
import type { Segment } from '../decode/segment.ts';
import { OutOfOrderQueue, type WaitingSegment } from './out-of-order-queue.ts';
import type { OverlapConflict } from './overlap-conflict.ts';
import type { ReassemblyBudget } from './reassembly-budget.ts';
import type { Direction } from '../basics/direction.ts';
import type { ByteSink } from '../carrier/byte-stream.ts';
import type { StreamConsumer } from './stream-consumer.ts';
import type { PacketMark } from './packet-mark.ts';
import { RecentPackets } from './recent-packets.ts';
import { StreamTrouble } from './stream-trouble.ts';
import { NO_TROUBLE, type TcpTrouble } from './tcp-trouble.ts';

/**
 * Half of what a window can hold (RFC 7323 §2.3): a segment or an ACK that claims to be farther ahead belongs to no
 * stream that we know of.
 */
const MAX_AHEAD = 1 << 30;
/**
 * A hole that the peer has acknowledged was captured nowhere, unless capture put packets in the wrong order: so many
 * more packets of the connection may come before it counts as a gap.
 */
const HOLE_PATIENCE_PACKETS = 8;
/** A RST farther ahead than any window says nothing of what was sent before it (injected ones are off at random). */
const MAX_RST_AHEAD = 1 << 24;
/** Copies of one packet follow each other closely; the quickest retransmission takes a round trip. */
const DUPLICATE_NANOSECONDS = 2e6;

export class StreamReassembler {
  // What every packet touches stands first, and together: with many connections open their state is out of the
  // processor's cache, and each line of it that a packet needs costs more than the packet's own arithmetic. The first
  // ones are also what the packets of the other direction touch.
  #nextSequence = 0;
  /** Offset of the next byte to deliver. */
  nextOffset = 0;
  /** The peer has acknowledged everything before this offset. */
  acknowledgedOffset = 0;
  /** The same, by the peer's last packet alone: a packet that was captured too late acknowledges less. */
  lastAcknowledgedOffset = 0;
  started = false;
  /** The window that its sender advertised last is 0. */
  isWindowShut = false;
  /** Made when the first segment arrives out of order: most streams never need one. */
  #waiting: OutOfOrderQueue | null = null;
  readonly #direction: Direction;
  #sink: ByteSink | null = null;

  /** The last packet of this direction, 0 while there is none. */
  lastPacket = 0;
  /** Segments with payload, those seen before included; the same packet captured twice is not counted again. */
  segments = 0;
  /** Of the last segment with payload, SYN, FIN or RST: `#lastKind` is its length and flags, -1 for none. */
  #lastSequence = 0;
  #lastKind = -1;
  /** Checksum and identification. */
  #lastMarks = 0;
  #lastSeconds = 0;
  #lastNanoseconds = 0;
  /** Of the packet that brought the last byte delivered; packet 0 is none. */
  #byteByPacket = 0;
  #byteAtSeconds = 0;
  #byteAtNanoseconds = 0;

  // From here on what few packets touch.
  readonly #budget: ReassemblyBudget;
  /** Set by {@link discard}. */
  #isDiscarded = false;
  /** Kept from the first segment on that was sent again: that may be the copy of a packet before the last. */
  #recent: RecentPackets | null = null;

  /** Of the hole that is proven now: where it begins, what was acknowledged then, and the packets since. */
  #holeOffset = -1;
  #holeProvenBefore = 0;
  #packetsSinceProof = 0;

  #trouble: StreamTrouble | null = null;
  /** Of the other direction, once a keep-alive probe has asked for its answer. */
  #peer: StreamReassembler | null = null;

  /** The SYN was captured, or the SYN/ACK that answers it: offset 0 is the stream's first byte. */
  startKnown = false;

  retransmissions = 0;
  outOfOrder = 0;
  /** Bytes that are not in the capture; of these, bytes of packets that the snapshot length cut. */
  gapBytes = 0;
  cutBytes = 0;

  /** Retransmitted ones included. */
  syns = 0;
  syn: PacketMark | null = null;
  fin: PacketMark | null = null;
  /** Stream offset of the FIN: the stream's length. */
  finOffset = 0;
  rst: PacketMark | null = null;
  /** Stream offset of the RST where it is believable: all before it was sent. */
  rstOffset = 0;
  /**
   * After {@link finish}: the offset from which on nothing was captured, though an ACK or a RST proves that there was
   * more (bytes, a FIN, or both); null where nothing is missing at the end.
   */
  unseenFrom: number | null = null;

  constructor(direction: Direction, budget: ReassemblyBudget) {
    this.#direction = direction;
    this.#budget = budget;
  }

  /**
   * For the consumer: from the next segment on this direction's bytes go straight to `sink` (gaps still come to the
   * consumer), which spares them the way through an object that has nothing to do with them any more.
   */
  sendTo(sink: ByteSink): void {
    this.#sink = sink;
  }

  /** The next byte of this stream has this sequence number. */
  start(sequence: number, isFirstByte: boolean): void {
    this.started = true;
    this.startKnown = isFirstByte;
    this.#nextSequence = sequence;
  }

  /** A SYN, or the SYN/ACK that answers it, says which sequence number the first byte has. */
  synchronize(sequence: number): void {
    if (!this.started) this.start(sequence, true);
    else if (this.offsetOf(sequence) === 0) this.startKnown = true;
  }

  /** Stream offset of a sequence number near the next byte's. */
  offsetOf(sequence: number): number {
    return this.nextOffset + ((sequence - this.#nextSequence) | 0);
  }

  /** Bytes of the stream so far, in order or not, gaps included. */
  get streamBytes(): number {
    return Math.max(this.nextOffset, this.#waiting?.endOffset ?? 0);
  }

  /** A packet of this direction was captured. */
  get isCaptured(): boolean {
    return this.lastPacket > 0;
  }

  /** Whether all bytes from this offset up to another were captured, in order or not (or count as a gap already). */
  hasAll(start: number, end: number): boolean {
    return end <= this.nextOffset || (this.#waiting?.covers(Math.max(start, this.nextOffset), end) ?? false);
  }

  /** The sequence number of the next byte to deliver. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** The packet that brought the last byte that was delivered. */
  get lastByte(): PacketMark | null {
    if (this.#byteByPacket === 0) return null;
    return {
      packet: this.#byteByPacket,
      seconds: this.#byteAtSeconds,
      nanoseconds: this.#byteAtNanoseconds,
    };
  }

  /** As things stand; call it when nothing more will come. */
  get trouble(): TcpTrouble {
    return this.#trouble?.facts(this.acknowledgedOffset, this.#peer?.lastPacket ?? 0) ?? NO_TROUBLE;
  }

  /**
   * Segments that overlapped bytes that waited for others before them, and brought other ones. Bytes that were handed on
   * are not kept: what differs from them is not seen.
   */
  get overlapConflict(): OverlapConflict | null {
    return this.#waiting?.conflict ?? null;
  }

  get hasWaiting(): boolean {
    return this.#waiting !== null && !this.#waiting.isEmpty;
  }

  /** Whether a FIN may stand there: one behind bytes already seen, or beyond any window, is of another connection. */
  canEndAt(offset: number): boolean {
    return offset >= this.nextOffset && offset - this.nextOffset <= MAX_AHEAD;
  }

  /** A RST with this sequence number: what its sender had sent by then ends there, if it is anywhere near. */
  reset(sequence: number): void {
    const offset = this.offsetOf(sequence);
    if (this.started && offset - this.nextOffset <= MAX_RST_AHEAD) this.rstOffset = Math.max(0, offset);
  }

  /**
   * Whether this is the packet before it, captured once more (on two interfaces, or going out and coming in): the
   * same in all that a sender changes between a segment and its retransmission. Once something was sent again, or
   * seemed to be, it may also be one of a few packets before (A B A B).
   */
  isDuplicate(segment: Segment): boolean {
    const { sequence, seconds, nanoseconds } = segment;
    // Two numbers for four: a length beyond 16 MiB, which only a damaged capture has, loses its upper bits.
    const kind = ((segment.payloadLength << 8) | segment.flags) & 0x7fffffff;
    const marks = (segment.checksum << 16) | segment.identification;
    const isSame =
      (this.#lastSequence === sequence &&
        this.#lastKind === kind &&
        this.#lastMarks === marks &&
        (seconds - this.#lastSeconds) * 1e9 + (nanoseconds - this.#lastNanoseconds) <
          DUPLICATE_NANOSECONDS) ||
      (this.#recent !== null &&
        this.#recent.has(sequence, kind, marks, seconds, nanoseconds, DUPLICATE_NANOSECONDS));
    if (this.#recent !== null && !isSame) this.#recent.add(sequence, kind, marks, seconds, nanoseconds);
    this.#lastSequence = sequence;
    this.#lastKind = kind;
    this.#lastMarks = marks;
    this.#lastSeconds = seconds;
    this.#lastNanoseconds = nanoseconds;
    return isSame;
  }

  /** The peer acknowledges all before `sequence`. */
  acknowledge(sequence: number): void {
    const ahead = (sequence - this.#nextSequence) | 0;
    if (ahead > MAX_AHEAD) return;
    const offset = this.nextOffset + ahead;
    this.lastAcknowledgedOffset = offset;
    if (offset > this.acknowledgedOffset) this.acknowledgedOffset = offset;
  }

  /**
   * Whether a segment of no or one byte is a keep-alive probe, which repeats the last byte or a part of nothing before
   * the next one (RFC 9293 §3.8.4). One byte that the peer has not acknowledged is data sent again.
   */
  isProbe(sequence: number, payloadLength: number): boolean {
    if (((sequence + 1) | 0) !== this.#nextSequence) return false;
    return payloadLength === 0 || !this.#isUnacknowledged;
  }

  /** A keep-alive probe was sent, to which a packet of the peer is the answer. */
  probe(segment: Segment, peer: StreamReassembler): void {
    this.#peer = peer;
    this.#trouble ??= new StreamTrouble();
    this.#trouble.probed(peer.lastPacket, segment);
  }

  /** This side advertises a window of 0, or has shut it before. */
  advertise(segment: Segment): void {
    this.isWindowShut = segment.window === 0;
    this.#trouble ??= new StreamTrouble();
    if (this.isWindowShut) this.#trouble.windowShut(segment);
    else this.#trouble.windowOpened(segment);
  }

  /** Takes the payload of a segment whose first payload byte has this sequence number. */
  receive(segment: Segment, sequence: number, consumer: StreamConsumer): void {
    const { packet, seconds, nanoseconds, payloadStart, payloadEnd, payloadLength } = segment;
    const ahead = (sequence - this.#nextSequence) | 0;
    this.segments++;
    if (ahead === 0) {
      // The common case: the next bytes, straight from the capture's buffer.
      if (this.hasWaiting) {
        this.outOfOrder++;
        this.#deliverBeforeWaiting(segment, 0, consumer);
      } else {
        this.#deliver(
          consumer,
          segment.data,
          payloadStart,
          payloadEnd,
          payloadLength,
          packet,
          seconds,
          nanoseconds,
        );
      }
      return;
    }
    if (ahead < 0) {
      const old = -ahead;
      if (payloadLength > 1 || !this.isProbe(sequence, payloadLength)) this.#sentAgain(segment, ahead);
      if (old < payloadLength) this.#deliverBeforeWaiting(segment, old, consumer);
      return;
    }
    if (ahead > MAX_AHEAD) return;
    this.#enqueue(segment, ahead, consumer);
  }

  /**
   * Another packet of the connection has come. Where the peer has acknowledged bytes that are missing before waiting
   * ones, they were received but not captured: a gap, once patience has run out.
   */
  considerHole(consumer: StreamConsumer): void {
    const first = this.#waiting?.first;
    if (first === undefined || first.offset > this.acknowledgedOffset) return;
    if (this.#holeOffset !== this.nextOffset) {
      this.#holeOffset = this.nextOffset;
      this.#holeProvenBefore = this.acknowledgedOffset;
      this.#packetsSinceProof = 0;
    }
    if (++this.#packetsSinceProof <= HOLE_PATIENCE_PACKETS) return;
    // With it go the holes behind it that were proven when it was.
    let next: WaitingSegment | undefined = first;
    while (next !== undefined && next.offset <= this.#holeProvenBefore) {
      this.declareGap(consumer);
      next = this.#waiting?.first;
    }
  }

  /** Nobody wants the stream any more: forgets what waits, and says nothing further. */
  discard(): void {
    this.#isDiscarded = true;
    this.#waiting?.clear();
    this.#waiting = null;
  }

  /** The hole before the waiting bytes will not be filled any more: says so, and goes on after it. */
  declareGap(consumer: StreamConsumer): void {
    const first = this.#waiting?.first;
    if (first === undefined) return;
    this.#skip(consumer, first.offset - this.nextOffset, first.packet, first.seconds, first.nanoseconds);
    this.#drain(consumer);
  }

  /** Delivers what still waits, and the gap at the end if an ACK, the FIN or a RST proves that there was more. */
  finish(consumer: StreamConsumer, last: PacketMark): void {
    while (this.hasWaiting) this.declareGap(consumer);
    const hasFin = this.fin !== null;
    const proven = hasFin ? this.finOffset : Math.max(this.acknowledgedOffset, this.rstOffset);
    const missing = proven - this.nextOffset;
    if (!this.started || missing <= 0) return;
    this.unseenFrom = this.nextOffset;
    // A FIN takes a sequence number: one acknowledged beyond the last byte may be a FIN that was not captured.
    if (missing > (hasFin ? 0 : 1)) {
      this.#skip(consumer, missing, last.packet, last.seconds, last.nanoseconds);
    }
  }

  /** Where nothing was ever acknowledged, the capture may show this direction alone. */
  get #isUnacknowledged(): boolean {
    return this.acknowledgedOffset > 0 && this.acknowledgedOffset < this.nextOffset;
  }

  #sentAgain(segment: Segment, ahead: number): void {
    // Before the first packet captured of a stream whose beginning is not: out of order, for all that is known.
    if (this.nextOffset + ahead < 0) return;
    this.retransmissions++;
    if (this.#recent === null) {
      this.#recent = new RecentPackets();
      // By now this is the last packet.
      this.#recent.add(
        this.#lastSequence,
        this.#lastKind,
        this.#lastMarks,
        this.#lastSeconds,
        this.#lastNanoseconds,
      );
    }
    this.#trouble ??= new StreamTrouble();
    const start = this.nextOffset + ahead;
    this.#trouble.retransmitted(start, start + segment.payloadLength, this.acknowledgedOffset, segment);
  }

  #enqueue(segment: Segment, ahead: number, consumer: StreamConsumer): void {
    const waiting = (this.#waiting ??= new OutOfOrderQueue(this.#budget, () => {
      this.declareGap(consumer);
    }));
    const offset = this.nextOffset + ahead;
    const isBehindOthers = offset < waiting.endOffset;
    const added = waiting.insert(
      offset,
      segment.payloadLength,
      segment.data,
      segment.payloadStart,
      segment.payloadEnd,
      segment.packet,
      segment.seconds,
      segment.nanoseconds,
    );
    if (added === 0) this.#sentAgain(segment, ahead);
    else if (isBehindOthers) this.outOfOrder++;
    while (waiting.isOverBudget) this.declareGap(consumer);
    this.#budget.relieve();
  }

  /**
   * New bytes that continue the stream while others may wait behind them. Bytes that are already waiting were
   * seen first and win; so deliver only up to them, and let the rest of the segment fill what is between.
   */
  #deliverBeforeWaiting(segment: Segment, skip: number, consumer: StreamConsumer): void {
    const { packet, seconds, nanoseconds, payloadStart, payloadEnd, payloadLength } = segment;
    const first = this.#waiting?.first;
    const length = payloadLength - skip;
    const room = first === undefined ? length : Math.min(length, first.offset - this.nextOffset);
    const from = Math.min(payloadEnd, payloadStart + skip);
    const offset = this.nextOffset;
    if (length > room) {
      this.#waiting!.insert(offset, length, segment.data, from, payloadEnd, packet, seconds, nanoseconds);
    } else {
      this.#deliver(consumer, segment.data, from, payloadEnd, room, packet, seconds, nanoseconds);
    }
    this.#drain(consumer);
  }

  #drain(consumer: StreamConsumer): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    let next = waiting.first;
    while (next !== undefined && next.offset <= this.nextOffset) {
      waiting.shift();
      const { bytes, length, packet, seconds, nanoseconds } = next;
      this.#deliver(consumer, bytes, 0, bytes.length, length, packet, seconds, nanoseconds);
      next = waiting.first;
    }
  }

  #deliver(
    consumer: StreamConsumer,
    bytes: Uint8Array,
    start: number,
    end: number,
    length: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const captured = end - start;
    this.#nextSequence = (this.#nextSequence + captured) | 0;
    this.nextOffset += captured;
    if (captured > 0) {
      this.#byteByPacket = packet;
      this.#byteAtSeconds = seconds;
      this.#byteAtNanoseconds = nanoseconds;
      const sink = this.#sink;
      if (sink !== null) sink.push(bytes, start, end, packet, seconds, nanoseconds);
      else consumer.data(this.#direction, bytes, start, end, packet, seconds, nanoseconds);
    }
    if (length > captured) {
      this.cutBytes += length - captured;
      this.#skip(consumer, length - captured, packet, seconds, nanoseconds);
    }
  }

  #skip(
    consumer: StreamConsumer,
    length: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#nextSequence = (this.#nextSequence + length) | 0;
    this.nextOffset += length;
    this.gapBytes += length;
    if (!this.#isDiscarded) consumer.gap(this.#direction, length, packet, seconds, nanoseconds);
  }
}
