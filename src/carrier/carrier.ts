/**
 * What may stand between TCP and HTTP, such as TLS. A carrier may begin at the first byte of a connection, after a PROXY
 * protocol header, or at the first byte inside a CONNECT tunnel: there its bytes are diverted to it, and what it makes of
 * them goes on to an opening handshake of its own, in which another carrier may begin.
 */
import type { Direction } from '../basics/direction.ts';
import type { ByteSource, ByteStream } from './byte-stream.ts';

export interface Carrier {
  /**
   * Whether these bytes, the first of their direction, are its own: "more" while they may be, and too few are there to tell.
   * After {@link MAX_UNRECOGNISED} bytes "more" counts as "no".
   */
  recognise(bytes: Uint8Array, start: number, end: number): Recognition;
  /** Begins to carry: what is inside goes to `inside`, synchronously and in order. */
  open(inside: ByteStream): OpenCarrier;
  /**
   * The same for somebody who writes its bytes anew (`extract --anonymize`): also says which of its bytes hold what is inside.
   * A carrier without a way back from what is inside to its own bytes leaves this out, and its bytes are filled.
   */
  openForRewriting?(inside: ByteStream, pieces: CarrierPieces): RewritableCarrier;
}

export type Recognition = 'yes' | 'no' | 'more';

/** A carrier that has begun: takes the bytes of both directions, and is the source of those inside. */
export interface OpenCarrier extends ByteStream, ByteSource {}

/** Told how the bytes of a carrier hold what is inside. */
export interface CarrierPieces {
  /**
   * The next bytes of a direction: they hold what the carrier has handed on of this direction since the last piece, perhaps
   * nothing. Each byte is reported exactly once and in order. The view is valid until the call returns.
   *
   * Of a record that a gap or the end cuts, the carrier may report what came, within its `gap` or `end`, so that its first
   * bytes can still be recognised. Bytes that are not reported then are filled.
   */
  piece(direction: Direction, bytes: Uint8Array, start: number, end: number): void;
}

/** A carrier with a way back from what is inside to its own bytes. */
export interface RewritableCarrier extends OpenCarrier {
  /**
   * A piece, in as many bytes, that holds other bytes inside, as many as before. Called when the connection is over, for
   * each piece of a direction in order. The result is written to a file for strangers: it must hold no content but that
   * of `inside`. A result of another length is not written: the piece is filled.
   */
  rewrite(direction: Direction, piece: Uint8Array, inside: Uint8Array): Uint8Array;
}

/** Carriers inside each other: deeper ones are not met. */
export const MAX_CARRIERS = 4;

/** Bytes of a direction that are kept until it is known whether a carrier begins with them. */
export const MAX_UNRECOGNISED = 64;

/** What the carriers say of these bytes together: the first that says "yes" has them. */
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
