/**
 * What may stand between TCP and HTTP, such as TLS. A carrier may begin at the first byte of a connection,
 * after a PROXY protocol header, or at the first byte inside a CONNECT tunnel. From there on the bytes are
 * diverted to the carrier, and the bytes inside it go to another opening handshake, in which another carrier
 * may begin.
 */
import type { ByteSource, ByteStream } from './byte-stream.ts';

export interface Carrier {
  /**
   * Whether these bytes, the first of their direction, are the carrier's; "more" while there are too few
   * bytes to tell. After {@link MAX_UNRECOGNISED} bytes "more" counts as "no".
   */
  recognise(bytes: Uint8Array, start: number, end: number): Recognition;
  /** Begins the carrier: the bytes inside it go to `inside`, synchronously and in order. */
  open(inside: ByteStream): OpenCarrier;
}

export type Recognition = 'yes' | 'no' | 'more';

/** A carrier that has begun: takes the bytes of both directions, and is the source of those inside. */
export interface OpenCarrier extends ByteStream, ByteSource {}

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
