/** What the frame parser says of one direction of a WebSocket, and to whom. */
import type { GapLength } from '../carrier/byte-stream.ts';
import type { Direction } from '../basics/direction.ts';
import type { ForeignKind } from './foreign-bytes.ts';
import type { Frame } from './frame.ts';

export interface FrameHandler {
  /** A frame is complete. It is valid until the call returns. */
  frame(direction: Direction, frame: Frame): void;
  /** The sum of plain frames since the last frame or sum, where {@link FrameParser.tallyPlain} has asked for sums. */
  plainFrames(direction: Direction, sum: PlainFrames): void;
}

/** Frames about which only their number, their lengths and the last one matter. */
export interface PlainFrames {
  readonly texts: number;
  readonly binaries: number;
  readonly payloadBytes: number;
  /** The last frame of them. */
  readonly lastOpcode: number;
  readonly lastLength: number;
  readonly lastPacket: number;
  readonly lastSeconds: number;
  readonly lastNanoseconds: number;
}

/** Gets each plain frame at once. */
export interface PlainFrameListener {
  addFrame(
    direction: Direction,
    packet: number,
    seconds: number,
    nanoseconds: number,
    opcode: number,
    length: number,
  ): void;
}

/** Takes the payload of data frames, between the header and {@link FrameHandler.frame}. */
export interface PayloadSink {
  /** A data frame begins. Returns whether its payload is wanted. */
  begin(opcode: number, isFinal: boolean, reservedBits: number, payloadLength: number): boolean;
  /**
   * The next bytes of a wanted payload, still masked. `mask` is the key, big-endian, 0 for none; `index` is
   * the index of the first byte within the payload. The view is valid until the call returns, and must not be
   * written to.
   */
  payload(bytes: Uint8Array, start: number, end: number, mask: number, index: number): void;
  /** Bytes of a payload, wanted or not, are missing. */
  payloadGap(): void;
}

/** The fields of a frame's header that are needed to read its payload. */
export interface FrameHeader {
  readonly opcode: number;
  readonly isFinal: boolean;
  /** As the header says it; above 2^53 not exact. */
  readonly payloadLength: number;
  /** The key is in the header's last four bytes. */
  readonly isMasked: boolean;
  /** The key, big-endian; 0 for none. */
  readonly mask: number;
}

/**
 * Gets what each byte of the stream is: exactly once, in the order of the stream, except the bytes of a
 * header that is not complete at the end. {@link FrameHandler.frame} is called after the last byte of a
 * frame.
 */
export interface FrameSpans {
  /**
   * A whole header; the {@link PayloadSink} has got its frame already. The view is valid until the call
   * returns.
   */
  header(bytes: Uint8Array, start: number, end: number, header: FrameHeader): void;
  /**
   * The next bytes of any frame's payload, still masked; `index` is the first byte's index within the
   * payload.
   */
  payload(bytes: Uint8Array, start: number, end: number, index: number): void;
  /**
   * `length` bytes are missing here; 'unknown' where it is not known how many, or where they were reported
   * elsewhere.
   */
  missing(length: GapLength): void;
  /** Bytes after the place where frames begin was lost. */
  unread(bytes: Uint8Array, start: number, end: number): void;
  /** Bytes in the place of a frame that are none. `isFirst`: they are the first of such a run. */
  foreign(kind: ForeignKind, bytes: Uint8Array, start: number, end: number, isFirst: boolean): void;
}

/** The first two bytes of a header (RFC 6455 §5.2). */
export interface FrameBeginning {
  readonly opcode: number;
  readonly isFinal: boolean;
  /** RSV1 to RSV3 as bits 2 to 0. */
  readonly reservedBits: number;
  readonly isMasked: boolean;
  /** The payload's length, or 126 or 127 where it stands behind. */
  readonly shortLength: number;
}

/** A frame that has begun and not ended. */
export interface UnfinishedFrame {
  /** null while the header itself is incomplete. */
  readonly opcode: number | null;
  /** What its first two bytes say; null where the second is missing. */
  readonly begun: FrameBeginning | null;
  readonly payloadLength: number | null;
  /** Payload bytes seen so far (header bytes where that is incomplete). */
  readonly received: number;
  /** The packet that holds the header's first byte. */
  readonly firstPacket: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}
