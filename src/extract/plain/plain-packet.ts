/**
 * Writes a packet anew around the bytes inside carriers: headers stay but for lengths, sequence numbers, acknowledgements and checksums. A
 * packet whose bytes complete nothing inside becomes one without payload, so that every packet keeps its place and its time.
 */
import { ACK, FIN, RST, SYN } from '../../decode/segment.ts';
import { otherOf } from '../../basics/direction.ts';
import { layoutOf, type PacketLayout } from '../packet-layout.ts';
import { ipChecksum, payloadSequence, tcpChecksum } from '../packet-rewriter.ts';
import type { SelectedPacket } from '../packet-selector.ts';
import type { PlainPacket } from '../without-tunnel.ts';
import type { PlainConnection } from './plain-connection.ts';

const TCP_HEADER = 20;
const SEQUENCE = 4;
const ACKNOWLEDGEMENT = 8;
const FLAGS = 13;
const CHECKSUM = 16;
const URGENT = 18;
const PUSH = 0x08;
const URGENT_FLAG = 0x20;
const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
/** Selective acknowledgements (RFC 2018 §3) name sequence numbers that are no more. */
const SACK = 5;
const IPV4_LENGTH = 2;
const IPV4_CHECKSUM = 10;
const IPV6_LENGTH = 4;
const IPV6_HEADER = 40;
/** Bytes in one packet: more may be completed at once than one can hold. */
const MAX_PAYLOAD = 32 * 1024;

/**
 * The packets in place of one. None where it was cut inside its headers.
 * @param plain the packet without its tunnels
 * @param hasClose a Close frame tells who ended the WebSocket, whoever then ended TCP first
 */
export function plainPackets(
  packet: SelectedPacket,
  plain: PlainPacket,
  learned: PlainConnection,
  hasClose: boolean,
): PlainPacket[] {
  const { segment, connection, direction } = packet;
  const layout = layoutOf(plain.bytes, plain.linkType, plain.originalLength, segment);
  if (layout.payload > plain.bytes.length) return [];
  const offset = connection.streams[direction].offsetOf(payloadSequence(segment));
  const from = learned.inside(direction, offset);
  // The payload of a RST is text for people, and not part of the stream.
  const isReset = (segment.flags & RST) !== 0;
  const to = isReset ? from : Math.max(from, learned.inside(direction, offset + segment.payloadLength));
  const stream = learned.streams[direction];
  const parts = [...stream.runs(from, to)].flatMap(inParts);
  if (parts.length === 0) parts.push([to, to]);
  const isSyn = (segment.flags & SYN) !== 0;
  const acknowledgement = acknowledgementOf(packet, learned);
  return parts.map(([start, end], index) => {
    const bytes = new Uint8Array(layout.payload + end - start);
    bytes.set(plain.bytes.subarray(0, layout.payload));
    stream.read(start, end - start, bytes, layout.payload);
    const sequence = isSyn ? segment.sequence : (segment.sequence - offset + start) | 0;
    if (!hasClose && learned.endsIn(direction, segment.packet)) bytes[layout.tcp + FLAGS]! |= FIN;
    setTcp(bytes, layout, sequence, acknowledgement, index === parts.length - 1, end > start);
    setLengths(bytes, layout);
    return { bytes, originalLength: bytes.length, linkType: plain.linkType };
  });
}

/** Where the acknowledged bytes are among those inside. */
function acknowledgementOf(
  { segment, connection, direction }: SelectedPacket,
  learned: PlainConnection,
): number {
  const other = otherOf(direction);
  const stream = connection.streams[other];
  if ((segment.flags & ACK) === 0 || !stream.started) return segment.acknowledgement;
  const offset = stream.offsetOf(segment.acknowledgement);
  return (segment.acknowledgement - offset + learned.inside(other, offset)) | 0;
}

function inParts([start, end]: readonly [number, number]): [number, number][] {
  const parts: [number, number][] = [];
  for (let at = start; at < end; at += MAX_PAYLOAD) parts.push([at, Math.min(end, at + MAX_PAYLOAD)]);
  return parts;
}

function setTcp(
  bytes: Uint8Array,
  { tcp, payload }: PacketLayout,
  sequence: number,
  acknowledgement: number,
  isLast: boolean,
  hasPayload: boolean,
): void {
  const view = new DataView(bytes.buffer);
  view.setInt32(tcp + SEQUENCE, sequence);
  view.setInt32(tcp + ACKNOWLEDGEMENT, acknowledgement);
  view.setUint16(tcp + URGENT, 0);
  bytes[tcp + FLAGS]! &= ~(URGENT_FLAG | (isLast ? 0 : FIN) | (hasPayload ? 0 : PUSH));
  for (let at = tcp + TCP_HEADER; at < payload;) {
    const kind = bytes[at]!;
    if (kind === END_OF_OPTIONS) return;
    const length = kind === NO_OPERATION ? 1 : (bytes[at + 1] ?? 0);
    if (length === 0 || at + length > payload) return;
    if (kind === SACK) bytes.fill(NO_OPERATION, at, at + length);
    at += length;
  }
}

/** And the checksums that depend on them. */
function setLengths(bytes: Uint8Array, layout: PacketLayout): void {
  const { ip, tcp, isIPv6 } = layout;
  const view = new DataView(bytes.buffer);
  const end = bytes.length;
  if (isIPv6) view.setUint16(ip + IPV6_LENGTH, end - ip - IPV6_HEADER);
  else {
    view.setUint16(ip + IPV4_LENGTH, end - ip);
    view.setUint16(ip + IPV4_CHECKSUM, ipChecksum(bytes, layout));
  }
  view.setUint16(tcp + CHECKSUM, tcpChecksum(bytes, { ...layout, end }));
}
