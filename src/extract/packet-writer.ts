/**
 * The interface of writers of capture files: one call for each packet, in the order of the file. Sans-I/O.
 */

export interface WrittenPacket {
  /** The captured bytes; not kept. */
  readonly bytes: Uint8Array;
  /** The length on the wire, at least as many bytes. */
  readonly originalLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** LINKTYPE_ value. */
  readonly linkType: number;
}

export interface PacketWriter {
  packet(packet: WrittenPacket, comments?: readonly string[]): void;
  /** Writes what even a file without packets needs. */
  end(): void;
}

/** Takes the next bytes of the file; the view may be reused after the call. */
export type ByteSink = (bytes: Uint8Array) => void;

/** The file format can't hold a packet. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}
