/**
 * What an application says over its WebSocket, as far as a known protocol shows it: its heartbeat, and how it says goodbye. A reader
 * gets the beginnings of messages, in order; it knows no rules and judges nothing.
 */

export type Sender = 'client' | 'server';

export const SENDERS: readonly Sender[] = ['client', 'server'];

/** When, and in which packet, a message was complete. */
export interface Moment {
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** A data message, inflated. */
export interface ApplicationMessage extends Moment {
  readonly isText: boolean;
  /** Its length in bytes; null where it is not known. */
  readonly length: number | null;
  /** Its beginning; null where it is not known. */
  readonly bytes: Uint8Array | null;
}

export interface ApplicationHeartbeat {
  /** Who must send it. */
  readonly from: Sender;
  /** The heartbeat is due after this time; null where nobody has said it. */
  readonly intervalMs: number | null;
  /** An answer may take so long, and so much later than due a heartbeat may come. */
  readonly timeoutMs: number | null;
  /** The two stand in the capture; otherwise they are the protocol's defaults. */
  readonly isStated: boolean;
  readonly sent: number;
  readonly answered: number;
  /** Heartbeats since the last one that was answered. */
  readonly unanswered: { readonly count: number; readonly first: Moment; readonly last: Moment } | null;
  /** The last message by which the side that must send the heartbeat showed that it lives. */
  readonly lastSign: Moment | null;
}

/** How one side said that it is about to leave. */
export interface ApplicationEnd extends Moment {
  readonly from: Sender;
  /** "goodbye" is in order; "fault" names one. */
  readonly kind: 'goodbye' | 'fault';
  /** "MQTT DISCONNECT", "Engine.IO close (1)". */
  readonly text: string;
}

export interface ApplicationFacts {
  readonly protocol: 'engine.io' | 'mqtt';
  /** "4", "3.1.1"; null where it is not known. */
  readonly version: string | null;
  readonly heartbeat: ApplicationHeartbeat | null;
  /** The last message of a side, if it says goodbye. */
  readonly end: ApplicationEnd | null;
  /** Sides whose last message could not be read (cut short, or compressed and not inflated): it may be a goodbye. */
  readonly unread: readonly Sender[];
}

/** Reads the messages of one WebSocket. */
export interface ProtocolReader {
  /** How many bytes of each message it needs. */
  readonly keep: number;
  message(from: Sender, message: ApplicationMessage): void;
  /** The facts so far. */
  facts(): ApplicationFacts;
}

export function momentOf({ packet, seconds, nanoseconds }: Moment): Moment {
  return { packet, seconds, nanoseconds };
}
