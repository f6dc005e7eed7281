/**
 * One decoded TCP segment. HOT: a single instance is filled anew for every packet; copy what must outlive the call.
 * Sequence and acknowledgement numbers are int32 (uint32 bits, signed), so that they stay small integers in V8
 * and `(a - b) | 0` compares them modulo 2^32 (RFC 9293 §3.4).
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
   * Source in words 0-3, destination in 4-7, big-endian bits; an IPv4 address is words 0 and 4 alone (the
   * others are then undefined).
   */
  readonly addresses: Int32Array = new Int32Array(8);
  sourcePort = 0;
  destinationPort = 0;

  sequence = 0;
  acknowledgement = 0;
  flags = 0;
  window = 0;
  /** TCP checksum and IPv4 identification (0 for IPv6): only to recognise a packet captured twice. */
  checksum = 0;
  identification = 0;

  /**
   * The route by which it was captured: 0 where nothing is known of it, otherwise an interface and a tunnel (see
   * capture-route.ts). Segments of one direction of a connection with different routes are different captures of it.
   */
  route = 0;
  // What deep-decoder.ts alone fills in.
  /** The innermost IP packet in `data`: first byte, after the last captured one, after the last one on the wire. */
  networkStart = 0;
  networkEnd = 0;
  networkWireEnd = 0;
  /** Put together of several packets, the last of which is `packet`: `data` is then none of the capture's. */
  isReassembled = false;

  /** Holds the payload at `payloadStart` up to `payloadEnd`; valid only during the call. */
  data: Uint8Array = new Uint8Array(0);
  payloadStart = 0;
  payloadEnd = 0;
  /** Payload bytes on the wire; more than `payloadEnd - payloadStart` where the snapshot length cut the packet. */
  payloadLength = 0;
}
