/**
 * One direction of a connection: segments in any order in, bytes in order out (RFC 9293 §3.4, §3.10.7.4).
 * HOT: `receive` runs once per segment with payload. In-order bytes pass through uncopied.
 *
 * Sequence numbers are int32; a stream offset counts bytes from ISN + 1 (or, where the SYN was not captured, from
 * the first byte seen) and only grows.
 */
import { RST, type Segment } from '../decode/segment.ts';
import { OutOfOrderQueue, type WaitingSegment } from './out-of-order-queue.ts';
import type { OverlapConflict } from './overlap-conflict.ts';
import type { ReassemblyBudget } from './reassembly-budget.ts';
import type { Direction } from '../basics/direction.ts';
import type { ByteSink } from '../carrier/byte-stream.ts';
import type { StreamConsumer } from './stream-consumer.ts';
import type { IcmpError } from '../decode/icmp-error.ts';
import { markOf, type PacketMark } from './packet-mark.ts';
import { RecentPackets } from './recent-packets.ts';
import { ResetWatch, type EndedSilence, type ResetFacts } from './reset-watch.ts';
import { StreamTrouble } from './stream-trouble.ts';
import { readSelective } from './selective.ts';
import { NO_TROUBLE, type NeverReceived, type TcpTrouble, type Undelivered } from './tcp-trouble.ts';

/**
 * The largest window (RFC 7323 §2.3): a segment or an ACK that claims to be farther ahead does not belong to
 * this stream.
 */
const MAX_AHEAD = 1 << 30;
/**
 * A hole that the peer has acknowledged is not in the capture, unless capture put packets in the wrong order.
 * So this many more packets of the connection may come before the hole counts as a gap.
 */
const HOLE_PATIENCE_PACKETS = 8;
/**
 * A RST farther ahead than this proves nothing about the bytes before it (injected RSTs have random numbers).
 * @bound bytes that the sequence number of a RST proves sent: {bytes} ahead
 */
const MAX_RST_AHEAD = 1 << 24;
/** Copies of one packet follow each other closely; the quickest retransmission takes a round trip. */
const DUPLICATE_NANOSECONDS = 2e6;

export class StreamReassembler {
  // Fields that every packet touches stand first, and together: with many connections open, their state is
  // not in the processor's cache, and each cache line that a packet needs costs more than the packet's own
  // arithmetic. Packets of the other direction touch the first of these fields too.
  #nextSequence = 0;
  /** Offset of the next byte to deliver. */
  nextOffset = 0;
  /** The peer has acknowledged everything before this offset. */
  acknowledgedOffset = 0;
  /** The same by the peer's last packet alone, which acknowledges less if it was captured too late. */
  lastAcknowledgedOffset = 0;
  started = false;
  /** Data was sent again: what the other side acknowledges selectively matters from now on. */
  wasSentAgain = false;
  /** The last window that this direction's sender advertised is 0. */
  isWindowShut = false;
  /** Made when the first segment arrives out of order: most streams never need one. */
  #waiting: OutOfOrderQueue | null = null;
  readonly #direction: Direction;
  #sink: ByteSink | null = null;

  /** The last packet of this direction, 0 while there is none. */
  lastPacket = 0;
  /** Segments with payload, including retransmissions; the same packet captured twice counts once. */
  segments = 0;
  /** The largest of them. */
  #largest = 0;
  /** Packets other than RST, and the TTL or hop limit of the last of them; -1 for none. */
  packets = 0;
  hopLimit = -1;
  /** The last segment with payload, SYN, FIN or RST: `#lastKind` is its length and flags, -1 for none. */
  #lastSequence = 0;
  #lastKind = -1;
  /** Checksum and identification. */
  #lastMarks = 0;
  /** The same of the segment before a RST. */
  #marksBeforeReset = 0;
  #lastSeconds = 0;
  #lastNanoseconds = 0;
  /** The packet that brought the last byte delivered; packet 0 is none. */
  #byteByPacket = 0;
  #byteAtSeconds = 0;
  #byteAtNanoseconds = 0;

  // Few packets touch the fields from here on.
  readonly #budget: ReassemblyBudget;
  /** Set by {@link discard}. */
  #isDiscarded = false;
  /** Kept once a segment was sent again: a later one may be the copy of a packet before the last. */
  #recent: RecentPackets | null = null;

  /**
   * The hole that is proven now: where it begins, what was acknowledged at that time, and the packets since.
   */
  #holeOffset = -1;
  #holeProvenBefore = 0;
  #packetsSinceProof = 0;

  #trouble: StreamTrouble | null = null;
  /** The other direction; null in tests of one alone. */
  peer: StreamReassembler | null = null;
  /** Where the largest segment ends, and the largest that was acknowledged before it came. */
  #largestEnd = 0;
  #largestBefore = 0;
  /** Where the acknowledgements stand still before a hole. */
  #standstill: { offset: number; count: number; first: PacketMark; last: PacketMark } | null = null;
  /** What ICMP says of packets of this direction that could not be delivered; null where it says nothing. */
  undelivered: Undelivered | null = null;
  /** After {@link finish}: the first hole that the receiver never filled; null where there is none. */
  neverReceived: NeverReceived | null = null;
  /** After {@link finish}: of {@link gapBytes} those in holes that the receiver never filled. */
  neverReceivedBytes = 0;

  /** The SYN was captured, or the SYN/ACK that answers it: offset 0 is the stream's first byte. */
  startKnown = false;

  retransmissions = 0;
  outOfOrder = 0;
  /** Bytes that are not in the capture, and how many of them are in packets that the snapshot length cut. */
  gapBytes = 0;
  cutBytes = 0;

  /** The lowest and the highest TTL or hop limit of its packets, except of its RSTs. */
  lowestHopLimit = 255;
  highestHopLimit = 0;

  /** SYNs, including retransmitted ones. */
  syns = 0;
  /** The sequence number of the SYN; null where the SYN was not captured. */
  initialSequence: number | null = null;
  syn: PacketMark | null = null;
  fin: PacketMark | null = null;
  /** Stream offset of the FIN: the stream's length. */
  finOffset = 0;
  rst: PacketMark | null = null;
  /** Stream offset of the RST, if it is believable: everything before it was sent. */
  rstOffset = 0;
  #reset: ResetWatch | null = null;
  /**
   * After {@link finish}: the offset from which on nothing was captured, although an ACK or a RST proves that
   * there was more (bytes, a FIN, or both); null where nothing is missing at the end.
   */
  unseenFrom: number | null = null;

  constructor(direction: Direction, budget: ReassemblyBudget) {
    this.#direction = direction;
    this.#budget = budget;
  }

  /**
   * For the consumer: from the next segment on, this direction's bytes go straight to `sink`, not through an
   * object that has nothing to do with them any more. Gaps still come to the consumer.
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

  /** The length of the stream so far, in order or not, including gaps. */
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

  /** The trouble so far; call it when nothing more will come. */
  get trouble(): TcpTrouble {
    if (this.#trouble === null) return NO_TROUBLE;
    const { peer } = this;
    const isAcknowledged = this.#largestEnd <= this.acknowledgedOffset;
    const largest = isAcknowledged ? this.#largest : this.#largestBefore;
    return this.#trouble.facts(this.acknowledgedOffset, peer?.lastPacket ?? 0, largest, peer ?? undefined);
  }

  /**
   * Segments that overlapped waiting bytes, and brought other bytes. Bytes that were handed on are not kept,
   * so a difference from them is not seen.
   */
  get overlapConflict(): OverlapConflict | null {
    return this.#waiting?.conflict ?? null;
  }

  get hasWaiting(): boolean {
    return this.#waiting !== null && !this.#waiting.isEmpty;
  }

  /**
   * Whether a FIN may be at this offset: a FIN before bytes already seen, or beyond any window, is not this
   * stream's.
   */
  canEndAt(offset: number): boolean {
    return offset >= this.nextOffset && offset - this.nextOffset <= MAX_AHEAD;
  }

  /**
   * The first RST: its sender had sent everything before its sequence number, if the number is near enough. For the other
   * parameters see {@link ResetWatch}.
   */
  reset(
    segment: Segment,
    roundTripMs: number | null,
    silence: EndedSilence | null,
    sinceLastMs: number,
  ): void {
    const offset = this.offsetOf(segment.sequence);
    if (this.started && offset - this.nextOffset <= MAX_RST_AHEAD) this.rstOffset = Math.max(0, offset);
    const isExpected = this.started && offset === this.lastAcknowledgedOffset && this.fin === null;
    this.#reset = new ResetWatch(
      segment,
      isExpected,
      this.#marksBeforeReset,
      roundTripMs,
      silence,
      sinceLastMs,
    );
  }

  /** The first RST, in detail; null while there is none. Call it when nothing more will come. */
  get resetFacts(): ResetFacts | null {
    if (this.#reset === null) return null;
    const isBelievable = this.started && this.rstOffset > 0;
    return this.#reset.facts(isBelievable ? Math.max(0, this.rstOffset - this.#endOfBytes) : null);
  }

  /** Data came after this side's RST. */
  sentAfterReset(segment: Segment): void {
    // What the other side has acknowledged is not sent again: that is a copy which was captured late.
    const end = this.offsetOf((segment.sequence + segment.payloadLength) | 0);
    if (end > this.acknowledgedOffset) this.#reset?.sent(segment);
  }

  /** ICMP says that a packet of this direction could not be delivered. One that is not near the stream's numbers is made up. */
  noteUndelivered(segment: Segment, error: IcmpError): void {
    const distance = this.offsetOf(segment.sequence) - this.nextOffset;
    if (this.started && Math.abs(distance) > MAX_AHEAD) return;
    const { count, mark, ...first } = this.undelivered ?? { ...error, count: 0, mark: markOf(segment) };
    this.undelivered = { ...first, count: count + 1, mark };
  }

  /** A packet with another TTL or hop limit than the one before it. */
  noteHopLimit(hopLimit: number): void {
    this.hopLimit = hopLimit;
    if (hopLimit < this.lowestHopLimit) this.lowestHopLimit = hopLimit;
    if (hopLimit > this.highestHopLimit) this.highestHopLimit = hopLimit;
  }

  /** The time of the last segment with payload, SYN, FIN or RST; 0 while there is none. */
  get lastSeconds(): number {
    return this.#lastSeconds;
  }

  /**
   * Whether this is the last packet captured once more (on two interfaces, or going out and coming in): it is
   * the same in all fields that a sender changes between a segment and its retransmission. Once something was
   * sent again, or seemed to be, it may also be a copy of one of a few packets before (A B A B).
   */
  isDuplicate(segment: Segment): boolean {
    const { sequence, seconds, nanoseconds } = segment;
    // Two numbers hold four fields. A length beyond 16 MiB, which only a damaged capture has, loses its upper
    // bits.
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
    if ((segment.flags & RST) !== 0) this.#marksBeforeReset = this.#lastMarks;
    this.#lastSequence = sequence;
    this.#lastKind = kind;
    this.#lastMarks = marks;
    this.#lastSeconds = seconds;
    this.#lastNanoseconds = nanoseconds;
    return isSame;
  }

  /** The peer acknowledges everything before `sequence`. */
  acknowledge(sequence: number): void {
    const ahead = (sequence - this.#nextSequence) | 0;
    if (ahead > MAX_AHEAD) return;
    const offset = this.nextOffset + ahead;
    this.lastAcknowledgedOffset = offset;
    if (offset > this.acknowledgedOffset) this.acknowledgedOffset = offset;
  }

  /**
   * Whether a segment of no or one byte is a keep-alive probe: its sequence number is one before the next
   * byte's (RFC 9293 §3.8.4). One byte that the peer has not acknowledged is data sent again.
   */
  isProbe(sequence: number, payloadLength: number): boolean {
    if (((sequence + 1) | 0) !== this.#nextSequence) return false;
    return payloadLength === 0 || !this.#isUnacknowledged;
  }

  /** A keep-alive probe was sent; the peer's next packet answers it. */
  probe(segment: Segment, peer: StreamReassembler): void {
    this.#trouble ??= new StreamTrouble();
    this.#trouble.probed(peer.lastPacket, segment, peer);
  }

  /** For a stream of which data {@link wasSentAgain}: a packet of the other side may acknowledge selectively. */
  acknowledgeSelectively(segment: Segment): void {
    readSelective(segment, (start, end) => {
      this.#trouble?.selected(this.offsetOf(start), this.offsetOf(end), this.acknowledgedOffset);
    });
  }

  /** A packet of the other side came while bytes wait behind a hole. */
  standStill(segment: Segment): void {
    if (this.lastAcknowledgedOffset !== this.nextOffset || this.acknowledgedOffset !== this.nextOffset)
      return;
    const last = markOf(segment);
    const standstill = this.#standstill;
    if (standstill?.offset === this.nextOffset) {
      standstill.count++;
      standstill.last = last;
    } else this.#standstill = { offset: this.nextOffset, count: 1, first: last, last };
  }

  /** This side advertises a window of 0, or did so before. */
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
    if (payloadLength > this.#largest)
      this.#noteLargest(payloadLength, this.nextOffset + ahead + payloadLength);
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
   * Another packet of the connection has come. If the peer has acknowledged the missing bytes before waiting
   * ones, it received them, but they were not captured: they become a gap once patience has run out.
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
    // The holes behind it that were proven at the same time become gaps too.
    let next: WaitingSegment | undefined = first;
    while (next !== undefined && next.offset <= this.#holeProvenBefore) {
      this.declareGap(consumer);
      next = this.#waiting?.first;
    }
  }

  /** Nobody wants the stream any more: forgets what waits, and reports nothing more. */
  discard(): void {
    this.#isDiscarded = true;
    this.#waiting?.clear();
    this.#waiting = null;
  }

  /** The hole before the waiting bytes will not be filled any more: reports a gap, and goes on after it. */
  declareGap(consumer: StreamConsumer): void {
    const first = this.#waiting?.first;
    if (first === undefined) return;
    this.#skip(consumer, first.offset - this.nextOffset, first.packet, first.seconds, first.nanoseconds);
    this.#drain(consumer);
  }

  /** Delivers what still waits, and the gap at the end if an ACK, the FIN or a RST proves that there was more. */
  finish(consumer: StreamConsumer, last: PacketMark): void {
    this.#noteNeverReceived();
    const gapBefore = this.gapBytes;
    while (this.hasWaiting) this.declareGap(consumer);
    // What is acknowledged stands before all of these holes.
    if (this.neverReceived !== null) this.neverReceivedBytes = this.gapBytes - gapBefore;
    const hasFin = this.fin !== null;
    const proven = hasFin ? this.finOffset : Math.max(this.acknowledgedOffset, this.rstOffset);
    const missing = proven - this.nextOffset;
    if (!this.started || missing <= 0) return;
    this.unseenFrom = this.nextOffset;
    // A FIN takes a sequence number: one number acknowledged beyond the last byte may be a FIN not captured.
    if (missing > (hasFin ? 0 : 1)) {
      this.#skip(consumer, missing, last.packet, last.seconds, last.nanoseconds);
    }
  }

  /** The largest segment so far. If the one before it waits for an acknowledgement, it counts as acknowledged: that proves less. */
  #noteLargest(length: number, end: number): void {
    this.#largestBefore = this.#largest;
    this.#largest = length;
    this.#largestEnd = end;
  }

  /** The first hole, if acknowledgements stood still there to the last. */
  #noteNeverReceived(): void {
    const first = this.#waiting?.first;
    const standstill = this.#standstill;
    if (first === undefined || standstill?.offset !== this.nextOffset) return;
    if (this.acknowledgedOffset !== this.nextOffset) return;
    const { count: acknowledgements, offset, first: from, last } = standstill;
    const bytes = first.offset - this.nextOffset;
    this.neverReceived = { bytes, offset, acknowledgements, first: from, last };
  }

  /** Behind the last byte captured, and the FIN if there is one. */
  get #endOfBytes(): number {
    const bytes = this.unseenFrom ?? this.nextOffset;
    return this.fin === null ? bytes : Math.max(bytes, this.finOffset + 1);
  }

  /** Where nothing was ever acknowledged, the capture may show this direction alone. */
  get #isUnacknowledged(): boolean {
    return this.acknowledgedOffset > 0 && this.acknowledgedOffset < this.nextOffset;
  }

  #sentAgain(segment: Segment, ahead: number): void {
    // These bytes come before the first packet captured of this stream: as far as is known, they are out of
    // order.
    if (this.nextOffset + ahead < 0) return;
    this.retransmissions++;
    if (this.#recent === null) {
      this.#recent = new RecentPackets();
      // `#last…` is this packet by now.
      this.#recent.add(
        this.#lastSequence,
        this.#lastKind,
        this.#lastMarks,
        this.#lastSeconds,
        this.#lastNanoseconds,
      );
    }
    this.wasSentAgain = true;
    this.#trouble ??= new StreamTrouble();
    const start = this.nextOffset + ahead;
    const end = start + segment.payloadLength;
    this.#trouble.retransmitted(start, end, this.acknowledgedOffset, segment, this.peer ?? undefined);
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
   * New bytes continue the stream, while others may wait behind them. Bytes that already wait were seen first
   * and count; so deliver only up to them, and let the rest of the segment fill the holes between them.
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
    // Also where all of them were cut off: the packet shows when they were sent.
    if (length > 0) {
      this.#byteByPacket = packet;
      this.#byteAtSeconds = seconds;
      this.#byteAtNanoseconds = nanoseconds;
    }
    if (captured > 0) {
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
