/** What went wrong in TCP with one side of a connection: as the sender of data, and as the receiver of it. */
import type { IcmpError } from '../decode/icmp-error.ts';
import type { PacketMark } from './packet-mark.ts';

/** Data, or keep-alive probes, sent again and again without an acknowledgement until the capture or TCP ended. */
export interface Unacknowledged {
  /**
   * How often the oldest data was sent again; for probes, how often the first unanswered one was repeated.
   */
  readonly retransmissions: number;
  /** The first retransmission and the last. */
  readonly first: PacketMark;
  readonly last: PacketMark;
  /** Keep-alive probes (RFC 9293 §3.8.4) rather than data. */
  readonly isProbe: boolean;
  /** Packets of the other side that were captured after the first retransmission, and how many of them carry data. */
  readonly peerPackets: number;
  readonly peerSegments: number;
  /** null where no size tells that large segments were lost and small ones were not. */
  readonly lostSize: LostSize | null;
}

/**
 * Segments that stayed without an acknowledgement are larger than all that were acknowledged in their direction, and a smaller
 * one that was sent later was acknowledged selectively (RFC 2018): a path that drops large packets.
 */
export interface LostSize {
  /** Payload bytes of the smallest segment that was sent again in vain, and of the largest that was acknowledged. */
  readonly smallestLost: number;
  readonly largestAcknowledged: number;
}

/**
 * A hole in the stream at which the receiver's acknowledgements stood still until the end of the capture or of the connection,
 * although it received what comes behind the hole.
 */
export interface NeverReceived {
  /** Bytes of the hole, and the offset of the first. */
  readonly bytes: number;
  readonly offset: number;
  /** Packets of the receiver that acknowledge only what stands before the hole: how many, the first and the last. */
  readonly acknowledgements: number;
  readonly first: PacketMark;
  readonly last: PacketMark;
}

/** A receive window of 0 that this side advertised while neither side had ended. */
export interface ZeroWindow {
  /** How often it shut. */
  readonly count: number;
  /**
   * The longest time it was shut: from the packet that shut it to the one that opened it, or the last that
   * found it shut.
   */
  readonly longestMs: number;
  readonly from: PacketMark;
  readonly until: PacketMark;
  /** It was opened again after the longest time. */
  readonly isReopened: boolean;
}

/** ICMP messages that say that packets of this side could not be delivered. */
export interface Undelivered extends IcmpError {
  readonly count: number;
  /** The first of them, which says the rest. */
  readonly mark: PacketMark;
}

export interface TcpTrouble {
  readonly unacknowledged: Unacknowledged | null;
  readonly zeroWindow: ZeroWindow | null;
  /** The first data segment that was sent again. */
  readonly firstRetransmission: PacketMark | null;
}

export const NO_TROUBLE: TcpTrouble = { unacknowledged: null, zeroWindow: null, firstRetransmission: null };
