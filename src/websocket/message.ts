/** A message (RFC 6455 §5.4): one data frame, or several. */
export interface Message {
  /** The opcode of its first frame: text or binary. */
  readonly opcode: number;
  readonly frames: number;
  readonly isCompressed: boolean;
  /** Payload bytes on the wire. */
  readonly wireLength: number;
  /** Bytes of the message, inflated where it was compressed; null where that is not known. */
  readonly length: number | null;
  /**
   * The message itself, up to the bound asked for; null where nobody asked, or it can't be known. Empty where only messages with
   * another first byte were asked for.
   */
  readonly bytes: Uint8Array | null;
  /** Why the message can't be shown, or not as a whole. */
  readonly problem: MessageProblem | null;
  readonly firstPacket: number;
  /** The packet that completes it, and its time. */
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/**
 * "gap": bytes of the message, or of earlier messages that it refers to, are missing. "inflate-failed": it
 * does not inflate. "inflate-bound": it inflates to more than wscap follows. "inflate-late-block": it refers
 * to what came before a final block of deflate, and the first such block came so late that this was not kept.
 * "unknown-encoding": its reserved bits say that an extension has changed it, and which extension was agreed
 * on is not known. "not-utf8": it is a text, but not UTF-8.
 */
export type MessageProblem =
  'gap' | 'inflate-failed' | 'inflate-bound' | 'inflate-late-block' | 'unknown-encoding' | 'not-utf8';
