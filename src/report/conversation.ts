/** The messages of one WebSocket, as data: every format of `wscap follow` prints this. */
import type { Endpoint, ReportNote, Role } from './model.ts';

export type EntryType = 'text' | 'binary' | 'ping' | 'pong' | 'close';

/** A message, or a control frame. */
export interface ConversationEntry {
  /** Counted from 1, over both directions, including entries that are not shown. */
  readonly number: number;
  readonly from: Role;
  readonly type: EntryType;
  /** The packets that hold its first and its last byte. */
  readonly firstPacket: number;
  readonly packet: number;
  /** When it was complete: RFC 3339, nanoseconds, UTC. */
  readonly at: string;
  /** Milliseconds since the 101, or since the first frame if the 101 is not in the capture. */
  readonly offsetMs: number;
  readonly frames: number;
  readonly compressed: boolean;
  /** Payload bytes on the wire. */
  readonly wireBytes: number;
  /** Bytes of the message, inflated; null if that is not known. */
  readonly bytes: number | null;
  /**
   * The message, unmasked and inflated; only its beginning if it is longer than was asked for; null if it is not
   * known.
   */
  readonly payload: Uint8Array | null;
  /** The code of a Close; null if it carries none. */
  readonly code: number | null;
  readonly reason: string | null;
  /** Why the message can't be shown, or not as the type that it claims to be. */
  readonly problem: string | null;
}

/** What is known of the connection before its first message. */
export interface ConversationStart {
  readonly connection: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** The 101's packet, or that of the first frame. */
  readonly openedPacket: number;
  readonly openedAt: string;
  readonly inferred: boolean;
}

/** What is known of the connection at its end. */
export interface ConversationEnd {
  /** Messages and control frames that were complete in the capture, shown or not. */
  readonly entries: number;
  /** How many of them are messages. */
  readonly messages: number;
  readonly endedBy: Role | null;
  readonly how: 'fin' | 'rst' | null;
  readonly packet: number | null;
  readonly offsetMs: number | null;
  readonly notes: readonly ReportNote[];
}
