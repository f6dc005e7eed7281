/**
 * What may stand between TCP and HTTP, such as TLS. A carrier may begin at the first byte of a connection,
 * after a PROXY protocol header, or at the first byte inside a CONNECT tunnel. From there on the bytes are
 * diverted to the carrier, and the bytes inside it go to another opening handshake, in which another carrier
 * may begin.
 */
import type { Direction } from '../basics/direction.ts';
import type { ByteSource, ByteStream } from './byte-stream.ts';

export interface Carrier {
  /**
   * Whether these bytes, the first of their direction, are the carrier's; "more" while there are too few
   * bytes to tell. After {@link MAX_UNRECOGNISED} bytes "more" counts as "no".
   */
  recognise(bytes: Uint8Array, start: number, end: number): Recognition;
  /**
   * The same where the capture began after the connection's first byte: whether these bytes, a segment's, begin with a part of
   * the carrier, such as a record. A carrier that can't tell leaves this method out.
   */
  recogniseLate?(bytes: Uint8Array, start: number, end: number): Recognition;
  /**
   * Begins the carrier: the bytes inside it go to `inside`, synchronously and in order.
   *
   * @param isLate it was recognised by {@link recogniseLate}; the other direction may begin anywhere
   */
  open(inside: ByteStream, isLate?: boolean): OpenCarrier;
  /**
   * Does the same for `extract --anonymize`, which writes the carrier's bytes anew: also reports which of them hold
   * the bytes inside. A carrier that can not make its own bytes from bytes inside leaves this method out; then its
   * bytes are filled.
   */
  openForRewriting?(inside: ByteStream, pieces: CarrierPieces): RewritableCarrier;
}

export type Recognition = 'yes' | 'no' | 'more';

/** A carrier that has begun: takes the bytes of both directions, and is the source of those inside. */
export interface OpenCarrier extends ByteStream, ByteSource {}

/** Is told which bytes of a carrier hold which bytes inside. */
export interface CarrierPieces {
  /**
   * The next bytes of a direction. They hold the bytes inside that the carrier has handed on in this direction since
   * the last piece; that may be none. Each byte is reported exactly once and in order. The view is valid until the call
   * returns.
   *
   * A gap or the end may cut a record. The carrier may report the bytes of it that came, during its `gap` or `end`, so
   * that the first ones stay recognisable. Bytes that are not reported by then are filled.
   */
  piece(direction: Direction, bytes: Uint8Array, start: number, end: number): void;
}

/** A carrier that can make its own bytes from bytes inside. */
export interface RewritableCarrier extends OpenCarrier {
  /**
   * Returns the piece with other bytes inside, as many as before, and of the same length as before. Called when the
   * connection is over, for each piece of a direction in order. The result goes into a file for strangers: it must hold
   * no content but `inside`. A result of another length is not written: the piece is filled.
   */
  rewrite(direction: Direction, piece: Uint8Array, inside: Uint8Array): Uint8Array;
}

/**
 * The most carriers inside each other: deeper ones are not recognised.
 * @bound carriers inside each other: {count}
 */
export const MAX_CARRIERS = 4;

/**
 * The most bytes of a direction that are kept until it is known whether a carrier begins with them.
 * @bound bytes looked at before it is known which carrier they are, if any: {bytes}
 */
export const MAX_UNRECOGNISED = 64;

/** What all carriers together say about these bytes: the first carrier that says "yes" gets them. */
export function recogniseCarrier(
  carriers: readonly Carrier[],
  bytes: Uint8Array,
  start: number,
  end: number,
): Carrier | 'no' | 'more' {
  let needsMore = false;
  for (const carrier of carriers) {
    const recognition = carrier.recognise(bytes, start, end);
    if (recognition === 'yes') return carrier;
    if (recognition === 'more') needsMore = true;
  }
  return needsMore && end - start < MAX_UNRECOGNISED ? 'more' : 'no';
}

/** The carrier that begins with this segment, or has begun before the capture; null where none does. */
export function recogniseLate(
  carriers: readonly Carrier[],
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly carrier: Carrier; readonly isLate: boolean } | null {
  for (const carrier of carriers) {
    if (carrier.recogniseLate === undefined) continue;
    if (carrier.recognise(bytes, start, end) === 'yes') return { carrier, isLate: false };
    if (carrier.recogniseLate(bytes, start, end) === 'yes') return { carrier, isLate: true };
  }
  return null;
}
