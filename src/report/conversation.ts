/** What passed over one WebSocket, as data: what `wscap follow` prints, in each of its formats. */
import type { Endpoint, ReportNote, Role } from './model.ts';

export type EntryType = 'text' | 'binary' | 'ping' | 'pong' | 'close';

/** A message, or a control frame. */
export interface ConversationEntry {
  /** From 1, over both directions and whatever is shown. */
  readonly number: number;
  readonly from: Role;
  readonly type: EntryType;
  /** The packets that hold its first byte, and its last. */
  readonly firstPacket: number;
  readonly packet: number;
  /** When it was complete: RFC 3339, nanoseconds, UTC. */
  readonly at: string;
  /** Milliseconds since the 101, or since the first frame where the 101 is not in the capture. */
  readonly offsetMs: number;
  readonly frames: number;
  readonly compressed: boolean;
  /** Payload bytes on the wire. */
  readonly wireBytes: number;
  /** Bytes of the message, inflated; null where that is not known. */
  readonly bytes: number | null;
  /** The message, unmasked and inflated: its beginning, where it is longer than was asked for; null where it can't be known. */
  readonly payload: Uint8Array | null;
  /** Of a Close; null where it carries none. */
  readonly code: number | null;
  readonly reason: string | null;
  /** Why the message can't be shown, or not as what it says it is. */
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

/** What is known of it at the end. */
export interface ConversationEnd {
  /** Messages and control frames that were complete in the capture, shown or not. */
  readonly entries: number;
  /** Those of them that are messages. */
  readonly messages: number;
  readonly endedBy: Role | null;
  readonly how: 'fin' | 'rst' | null;
  readonly packet: number | null;
  readonly offsetMs: number | null;
  readonly notes: readonly ReportNote[];
}
