/**
 * One decoded TCP segment. HOT: one instance is reused for every packet; copy what you need after the call. Sequence
 * and acknowledgement numbers are int32 (uint32 bits, signed), so that they stay small integers in V8 and `(a - b) |
 * 0` compares them modulo 2^32 (RFC 9293 §3.4).
 */

/** TCP header flag bits (RFC 9293 §3.1). */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

export class Segment {
  /** Position in the capture, from 1 (Wireshark's frame.number), and its time. */
  packet = 0;
  seconds = 0;
  nanoseconds = 0;

  isIPv6 = false;
  /**
   * Source in words 0-3, destination in 4-7, big-endian bits. An IPv4 address is word 0 or word 4 only (the others
   * then have no meaning).
   */
  readonly addresses: Int32Array = new Int32Array(8);
  sourcePort = 0;
  destinationPort = 0;

  sequence = 0;
  acknowledgement = 0;
  flags = 0;
  window = 0;
  /** TCP checksum and IPv4 identification (0 for IPv6): used to recognise a packet that was captured twice. */
  checksum = 0;
  identification = 0;
  /** IPv4's TTL or IPv6's hop limit: each router on the way takes one from it. */
  hopLimit = 0;
  /** Where the TCP header's options begin in `data`; they end at `payloadStart`. */
  optionsStart = 0;

  /**
   * The route by which it was captured: 0 if nothing is known of it, otherwise an interface and a tunnel (see
   * capture-route.ts). If segments of one direction have different routes, the connection was captured at several
   * points.
   */
  route = 0;
  // The fields from here to `isReassembled` are filled in by deep-decoder.ts only.
  /** The innermost IP packet in `data`: first byte, after the last captured one, after the last one on the wire. */
  networkStart = 0;
  networkEnd = 0;
  networkWireEnd = 0;
  /** Reassembled from several packets, of which `packet` is the last: `data` is then not the capture's buffer. */
  isReassembled = false;

  /** Holds the payload at `payloadStart` up to `payloadEnd`; valid only during the call. */
  data: Uint8Array = new Uint8Array(0);
  payloadStart = 0;
  payloadEnd = 0;
  /** Payload bytes on the wire; more than `payloadEnd - payloadStart` if the snapshot length cut the packet. */
  payloadLength = 0;
}
