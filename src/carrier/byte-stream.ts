/**
 * Bytes on their way up from TCP: who brings them and who takes them. TCP, a carrier inside it (for example
 * TLS), the opening handshake and the WebSocket all use these interfaces, so that one can stand between two
 * others.
 *
 * Packet and time are those of the packet that completed the bytes: for TCP's bytes, the packet in which they
 * were first seen; for a carrier's bytes, the packet that completed the record they come from.
 */
import type { Direction } from '../basics/direction.ts';

/** How many bytes are missing; a carrier may not know how much a lost record held. */
export type GapLength = number | 'unknown';

/** Takes the bytes of both directions. */
export interface ByteStream {
  /**
   * The next bytes of a direction, each exactly once and in order. `bytes` is valid only until the call returns, and must
   * not be written to.
   */
  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void;

  /** Bytes were sent here but can not be had. The packet is the one that follows them. */
  gap(direction: Direction, length: GapLength, packet: number, seconds: number, nanoseconds: number): void;

  /** Nothing more will come from this direction. */
  end(direction: Direction): void;
}

/** Takes the bytes of one direction in place of {@link ByteStream.data}. */
export interface ByteSink {
  push(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void;
}

/** Brings bytes to a {@link ByteStream}. */
export interface ByteSource {
  /**
   * From the next call on, the bytes of this direction go straight to `sink`, not through objects that have
   * nothing to do with them any more. Gaps still come to the stream.
   */
  sendTo(direction: Direction, sink: ByteSink): void;
}
