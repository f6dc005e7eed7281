/**
 * What a line of a printed text says of one packet. The readers of lines make it; `printed-segments.ts` makes a packet of
 * it where the text has no bytes.
 */

/** How a time is printed: with its date, since 1970, as a time of day, since the first packet, or not at all. */
export type TimeStyle = 'date' | 'epoch' | 'clock' | 'relative' | 'none';

export interface PrintedTime {
  readonly style: TimeStyle;
  /** Since 1970 for `date` and `epoch`, since midnight for `clock`, since the first packet for `relative`. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Digits printed after the second. */
  readonly digits: number;
}

export const NO_TIME: PrintedTime = { style: 'none', seconds: 0, nanoseconds: 0, digits: 0 };

/** A TCP segment as far as a line shows it. */
export interface PrintedSegment {
  /** An address, or a name; with IPv6 as it is printed. */
  readonly source: string;
  readonly destination: string;
  /** A number or a service's name; null where the line shows none, as lists of packets do in lines on HTTP. */
  readonly sourcePort: string | null;
  readonly destinationPort: string | null;
  /** Bits of the TCP header (RFC 9293 §3.1); null where the line shows none. */
  readonly flags: number | null;
  /** As printed: absolute or relative. */
  readonly sequence: number | null;
  readonly acknowledgement: number | null;
  readonly window: number | null;
  /** Bytes of payload; null where only the whole frame's length is printed. */
  readonly payloadLength: number | null;
  /** What the payload begins with, where the line shows it. */
  readonly payload: PrintedPayload | null;
  /** A message began in this packet and goes on in a later one: the later line says what it is. */
  readonly isPart: boolean;
  /** Of the IP header, where it is printed (`-v`). */
  readonly hopLimit: number | null;
  readonly identification: number | null;
  /** Of the TCP header, where it is printed (`-v`). */
  readonly checksum: number | null;
}

export type PrintedPayload =
  /** The first line of an HTTP head; whether anything else is in the packet, the line does not say. */
  | { readonly kind: 'start-line'; readonly line: string }
  /** As before, and the line lists all that ends in the packet: nothing stands behind the head. */
  | { readonly kind: 'whole-head'; readonly line: string }
  /** The first lines of an HTTP head, as they are on the wire. */
  | { readonly kind: 'text'; readonly text: string }
  /** One WebSocket frame, and nothing else. */
  | {
      readonly kind: 'frame';
      readonly opcode: number;
      readonly isFinal: boolean;
      readonly isMasked: boolean;
    };

/** One packet's line, with its time. */
export interface PacketLine extends PrintedTime {
  /** The IP version that the line names, 0 if none. */
  readonly ipVersion: 0 | 4 | 6;
  /** The frame's length on the wire, where it is printed. */
  readonly frameLength: number | undefined;
  /** Certainly a packet's line? If not, it counts as one only when a hex dump follows. */
  readonly isCertain: boolean;
  /** Null where the line is not on TCP, or does not say enough. */
  readonly segment: PrintedSegment | null;
  /** The number that the text itself gives the packet. */
  readonly number: number | null;
}
