/**
 * Collects the {@link TcpTrouble} of one stream's sender. Made when the first trouble comes: most streams have none,
 * and pay nothing for it.
 *
 * Whether the peer has acknowledged or answered is looked up when it matters, so that ACKs need not be
 * reported here.
 */
import { millisecondsBetween } from '../basics/timestamp.ts';
import { markOf, type PacketMark } from './packet-mark.ts';
import type { LostSize, TcpTrouble, Unacknowledged, ZeroWindow } from './tcp-trouble.ts';

/** The same data or probe sent again and again, so far without effect. */
interface Repetition {
  count: number;
  first: PacketMark;
  last: PacketMark;
  /** What the other side had sent before the first one. */
  readonly peerPackets: number;
  readonly peerSegments: number;
}

/** How much a side has sent. */
export interface Sent {
  readonly packets: number;
  readonly segments: number;
}
const NOTHING: Sent = { packets: 0, segments: 0 };

interface Shut {
  readonly from: PacketMark;
  /** The last packet that found it shut, or the one that opened it. */
  until: PacketMark;
  isReopened: boolean;
}

export class StreamTrouble {
  #firstRetransmission: PacketMark | null = null;

  /** Of the oldest data that was sent again: its first offset, and what was acknowledged then. */
  #oldestOffset = 0;
  #acknowledgedThen = 0;
  #data: Repetition | null = null;
  /** Of that data: the smallest segment in which it was sent again. */
  #smallestLost = Infinity;
  /** What was acknowledged selectively behind it: up to where, and the most that was new in one packet. */
  #selectedEnd = 0;
  #mostSelected = 0;

  /** The probe sent last, and how often the first one since the peer's last packet was repeated. */
  #lastProbe = 0;
  #probes: Repetition | null = null;

  /** How often the window shut, the time that goes on now, and the longest time before. */
  #shuts = 0;
  #shut: Shut | null = null;
  #longest: Shut | null = null;

  /** Data from `start` up to `end` were sent again. Of a side's retransmissions only those of its oldest data count. */
  retransmitted(
    start: number,
    end: number,
    acknowledged: number,
    mark: PacketMark,
    peer: Sent = NOTHING,
  ): void {
    this.#firstRetransmission ??= markOf(mark);
    if (end <= acknowledged) return;
    const oldest = Math.max(start, acknowledged);
    // A tail loss probe (RFC 8985 §7) repeats the newest data first; once the oldest data is sent again, that
    // counts.
    const isNew =
      this.#data === null || this.#acknowledgedThen !== acknowledged || oldest < this.#oldestOffset;
    if (!isNew && oldest > this.#oldestOffset) return;
    if (isNew) {
      this.#oldestOffset = oldest;
      this.#acknowledgedThen = acknowledged;
      this.#smallestLost = Infinity;
      this.#selectedEnd = 0;
      this.#mostSelected = 0;
    }
    this.#smallestLost = Math.min(this.#smallestLost, end - start);
    this.#data = again(isNew ? null : this.#data, mark, peer);
  }

  /** The other side acknowledges these bytes selectively, although it lacks others before them. */
  selected(start: number, end: number, acknowledged: number): void {
    // Blocks before what is acknowledged report that bytes came twice (RFC 2883).
    if (this.#data === null || start <= acknowledged || end <= this.#selectedEnd) return;
    this.#mostSelected = Math.max(this.#mostSelected, end - Math.max(start, this.#selectedEnd));
    this.#selectedEnd = end;
  }

  /** A keep-alive probe; `peerPacket` is the peer's last packet so far. */
  probed(peerPacket: number, mark: PacketMark, peer: Sent = NOTHING): void {
    const isRepeated = this.#lastProbe > peerPacket;
    this.#probes = isRepeated ? again(this.#probes, mark, peer) : null;
    this.#lastProbe = mark.packet;
  }

  /** The window is 0. */
  windowShut(mark: PacketMark): void {
    const found = markOf(mark);
    if (this.#shut === null) {
      this.#shuts++;
      this.#shut = { from: found, until: found, isReopened: false };
    } else {
      this.#shut.until = found;
    }
  }

  /** The window is not 0 any more. */
  windowOpened(mark: PacketMark): void {
    if (this.#shut === null) return;
    this.#shut.until = markOf(mark);
    this.#shut.isReopened = true;
    this.#longest = longerOf(this.#longest, this.#shut);
    this.#shut = null;
  }

  /** The facts so far, given what was acknowledged (the largest segment of it too), and what the peer has sent. */
  facts(acknowledged: number, peerPacket: number, largestAcknowledged = 0, peer: Sent = NOTHING): TcpTrouble {
    return {
      unacknowledged: this.#unacknowledged(acknowledged, peerPacket, largestAcknowledged, peer),
      zeroWindow: this.#zeroWindow(),
      firstRetransmission: this.#firstRetransmission,
    };
  }

  #unacknowledged(
    acknowledged: number,
    peerPacket: number,
    largestAcknowledged: number,
    peer: Sent,
  ): Unacknowledged | null {
    const data = this.#acknowledgedThen === acknowledged ? this.#data : null;
    const probes = this.#lastProbe > peerPacket ? this.#probes : null;
    const isProbe = (probes?.count ?? 0) > (data?.count ?? 0);
    const what = isProbe ? probes : data;
    if (what === null) return null;
    return {
      retransmissions: what.count,
      first: what.first,
      last: what.last,
      isProbe,
      peerPackets: Math.max(0, peer.packets - what.peerPackets),
      peerSegments: Math.max(0, peer.segments - what.peerSegments),
      lostSize: isProbe ? null : this.#lostSize(largestAcknowledged),
    };
  }

  #lostSize(acknowledgedInOrder: number): LostSize | null {
    const largestAcknowledged = Math.max(acknowledgedInOrder, this.#mostSelected);
    const smallestLost = this.#smallestLost;
    return this.#mostSelected > 0 && largestAcknowledged < smallestLost
      ? { smallestLost, largestAcknowledged }
      : null;
  }

  #zeroWindow(): ZeroWindow | null {
    const longest = this.#shut === null ? this.#longest : longerOf(this.#longest, this.#shut);
    if (longest === null) return null;
    const { from, until, isReopened } = longest;
    // A clock that was set back measured nothing.
    const longestMs = Math.max(0, millisecondsBetween(from, until));
    return { count: this.#shuts, longestMs, from, until, isReopened };
  }
}

function again(repetition: Repetition | null, mark: PacketMark, peer: Sent): Repetition {
  const last = markOf(mark);
  return {
    count: (repetition?.count ?? 0) + 1,
    first: repetition?.first ?? last,
    last,
    peerPackets: repetition?.peerPackets ?? peer.packets,
    peerSegments: repetition?.peerSegments ?? peer.segments,
  };
}

function longerOf(before: Shut | null, now: Shut): Shut {
  return before !== null &&
    millisecondsBetween(before.from, before.until) >= millisecondsBetween(now.from, now.until)
    ? before
    : now;
}
