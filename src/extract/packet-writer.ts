/** What writes a capture file takes: one call a packet, in the order of the file. Sans-I/O. */

export interface WrittenPacket {
  /** The captured bytes; not kept. */
  readonly bytes: Uint8Array;
  /** On the wire, at least as many. */
  readonly originalLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** LINKTYPE_ value. */
  readonly linkType: number;
}

export interface PacketWriter {
  packet(packet: WrittenPacket, comments?: readonly string[]): void;
  /** Writes what a file without packets needs too. */
  end(): void;
}

/** Takes the next bytes of the file; the view may be reused after the call. */
export type ByteSink = (bytes: Uint8Array) => void;

/** A packet that the file format has no place for. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}
