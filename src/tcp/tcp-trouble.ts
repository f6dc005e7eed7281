/** What went wrong in TCP with one side of a connection: as the sender of data, and as the receiver of it. */
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

export interface TcpTrouble {
  readonly unacknowledged: Unacknowledged | null;
  readonly zeroWindow: ZeroWindow | null;
  /** The first data segment that was sent again. */
  readonly firstRetransmission: PacketMark | null;
}

export const NO_TROUBLE: TcpTrouble = { unacknowledged: null, zeroWindow: null, firstRetransmission: null };
