/**
 * Makes the bytes of a packet of which only a line was printed: an IP header, a TCP header, and the known beginning of the
 * payload. What the line does not say is left zero; nothing above reads more out of it than out of a packet that a
 * snapshot length cut.
 */

const IPV4_HEADER_LENGTH = 20;
const IPV6_HEADER_LENGTH = 40;
const TCP_HEADER_LENGTH = 20;
const TCP = 6;
const FLAGS_AT = 13;
/** A field of 16 bits: of a longer packet (segmentation offload) IPv4 says 0, and so does this. */
const LARGEST_FIELD = 0xffff;

/** An address: 4 or 16 bytes. */
export type AddressBytes = readonly number[];

export interface SegmentHeader {
  readonly source: AddressBytes;
  readonly destination: AddressBytes;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Modulo 2^32. */
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  readonly hopLimit: number;
  readonly identification: number;
  readonly checksum: number;
}

export interface MadePacket {
  readonly data: Uint8Array;
  readonly originalLength: number;
}

/** @param known what the payload begins with, at most `payloadLength` bytes */
export function makePacket(header: SegmentHeader, known: Uint8Array, payloadLength: number): MadePacket {
  const isIPv6 = header.source.length > 4;
  const ipLength = isIPv6 ? IPV6_HEADER_LENGTH : IPV4_HEADER_LENGTH;
  const headers = ipLength + TCP_HEADER_LENGTH;
  const data = new Uint8Array(headers + known.length);
  const view = new DataView(data.buffer);
  if (isIPv6) writeIPv6(view, data, header, payloadLength);
  else writeIPv4(view, data, header, payloadLength);
  view.setUint16(ipLength, header.sourcePort);
  view.setUint16(ipLength + 2, header.destinationPort);
  view.setUint32(ipLength + 4, header.sequence);
  view.setUint32(ipLength + 8, header.acknowledgement);
  view.setUint8(ipLength + 12, (TCP_HEADER_LENGTH / 4) << 4);
  view.setUint8(ipLength + FLAGS_AT, header.flags);
  view.setUint16(ipLength + 14, Math.min(header.window, LARGEST_FIELD));
  view.setUint16(ipLength + 16, header.checksum);
  data.set(known, headers);
  return { data, originalLength: headers + payloadLength };
}

/** Where a packet that was made has its flags. */
export function flagsAt(data: Uint8Array): number {
  return (data[0]! >> 4 === 6 ? IPV6_HEADER_LENGTH : IPV4_HEADER_LENGTH) + FLAGS_AT;
}

/** A packet that is not TCP, or of which too little is known: it counts, and nothing else. */
export function makeOtherPacket(): MadePacket {
  const data = new Uint8Array(IPV4_HEADER_LENGTH);
  // The protocol number that is reserved for experiments (RFC 3692).
  data.set([0x45, 0, 0, IPV4_HEADER_LENGTH, 0, 0, 0, 0, 64, 253]);
  return { data, originalLength: data.length };
}

function writeIPv4(view: DataView, data: Uint8Array, header: SegmentHeader, payloadLength: number): void {
  const total = IPV4_HEADER_LENGTH + TCP_HEADER_LENGTH + payloadLength;
  view.setUint8(0, 0x45);
  view.setUint16(2, total > LARGEST_FIELD ? 0 : total);
  view.setUint16(4, header.identification);
  view.setUint8(8, header.hopLimit);
  view.setUint8(9, TCP);
  data.set(header.source, 12);
  data.set(header.destination, 16);
}

function writeIPv6(view: DataView, data: Uint8Array, header: SegmentHeader, payloadLength: number): void {
  const length = TCP_HEADER_LENGTH + payloadLength;
  view.setUint8(0, 0x60);
  view.setUint16(4, length > LARGEST_FIELD ? 0 : length);
  view.setUint8(6, TCP);
  view.setUint8(7, header.hopLimit);
  data.set(header.source, 8);
  data.set(header.destination, 24);
}
