/**
 * What the TCP layer reports to the layer above: one consumer for each connection.
 *
 * The packet number and time that come with bytes are those of the packet in which the bytes were first seen.
 * For reordered segments that packet is an earlier one than the current packet.
 */
import type { Direction } from '../basics/direction.ts';

/** Why nothing more will come: TCP ended, the capture ended, or there was no more room. */
export type EndReason =
  | 'closed'
  | 'capture-ended'
  | 'evicted'
  /** The input does not show how connections end: a followed stream. */
  | 'not-shown';

export interface StreamConsumer {
  /**
   * The next bytes of a direction, each exactly once and in order. HOT: once per segment.
   * `bytes` is valid only until the call returns, and must not be written to.
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

  /** `length` bytes were sent here but are not in the capture. The packet is the one that follows them. */
  gap(direction: Direction, length: number, packet: number, seconds: number, nanoseconds: number): void;

  /** The first SYN, FIN or RST of a direction, when it was captured (not when its turn in the stream comes). */
  flag(direction: Direction, flag: 'syn' | 'fin' | 'rst'): void;

  /** Nothing more will come. */
  end(reason: EndReason): void;
}
