/**
 * The same packets in another file, link layer, order of bytes, number of files, or cut into other segments: ways to write
 * a capture that must not change what is said of it.
 */
import { gzipSync } from 'node:zlib';
import { concat, pcapFile, PcapngBuilder, type PacketSpec } from '../helpers/pcap-builder.ts';
import { ethernet, ipv4 } from '../helpers/packet-bytes.ts';
import { splitPcap } from './split-pcap.ts';

/** An IP packet and when it was captured. */
export interface TimedPacket {
  readonly ip: Uint8Array;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Bytes of it on the wire. */
  readonly length: number;
}

export interface Rewrapping {
  readonly name: string;
  /** Files, in order. */
  readonly rewrap: (packets: readonly TimedPacket[]) => Uint8Array[];
  /** Packet numbers stay as they are. */
  readonly keepsPackets: boolean;
}

const LINK_ETHERNET = 1;
const LINK_RAW = 101;
const LINK_NULL = 0;
const LINK_SLL = 113;
const LINK_SLL2 = 276;

/** The packets of a classic pcap file of whole IP packets; null where it holds anything else. */
export function packetsOf(file: Buffer): TimedPacket[] | null {
  const isLittleEndian = file[0] === 0xd4 || file[0] === 0x4d;
  const isNano =
    file.includes(0x4d) && file.readUInt32BE(0) !== 0xd4c3b2a1 && file.readUInt32BE(0) !== 0xa1b2c3d4;
  const u32 = (bytes: Buffer, at: number) =>
    isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  const header = linkHeaderLength(u32(file, 20));
  if (header === null) return null;
  const packets: TimedPacket[] = [];
  for (const record of splitPcap(file).records) {
    const ip = ipPacketIn(record.subarray(16), header);
    if (ip === null) return null;
    const length = ip.length + Math.max(0, u32(record, 12) - u32(record, 8));
    packets.push({ ip, seconds: u32(record, 0), nanoseconds: u32(record, 4) * (isNano ? 1 : 1000), length });
  }
  return packets;
}

function linkHeaderLength(linkType: number): number | null {
  if (linkType === LINK_ETHERNET) return 14;
  if (linkType === LINK_RAW) return 0;
  if (linkType === LINK_SLL) return 16;
  return linkType === LINK_NULL ? 4 : null;
}

/** Only what begins with IP right behind the link layer, and TCP right behind that. */
function ipPacketIn(bytes: Buffer, header: number): Uint8Array | null {
  const ip = bytes.subarray(header);
  const isIPv4 = ip.length >= 20 && ip[0] === 0x45 && ip[9] === 6 && (ip.readUInt16BE(6) & 0x3fff) === 0;
  const isIPv6 = ip.length >= 40 && ip[0]! >> 4 === 6 && ip[6] === 6;
  return isIPv4 || isIPv6 ? ip : null;
}

const isIPv6 = (ip: Uint8Array) => ip[0]! >> 4 === 6;
const etherTypeOf = (ip: Uint8Array) => (isIPv6(ip) ? 0x86dd : 0x0800);

function specOf({ seconds, nanoseconds, length, ip }: TimedPacket, data: Uint8Array): PacketSpec {
  return { data, seconds, nanoseconds, originalLength: data.length + length - ip.length };
}

const inLink =
  (linkType: number, wrap: (ip: Uint8Array) => Uint8Array) =>
  (packets: readonly TimedPacket[]): Uint8Array[] => [
    pcapFile(
      packets.map((packet) => specOf(packet, wrap(packet.ip))),
      { linkType, nanoseconds: true },
    ),
  ];

const inEthernet = (packets: readonly TimedPacket[], littleEndian = true, nanoseconds = true): Uint8Array =>
  pcapFile(
    packets.map((packet) => specOf(packet, ethernet(packet.ip, etherTypeOf(packet.ip)))),
    { littleEndian, nanoseconds },
  );

function asPcapng(packets: readonly TimedPacket[], littleEndian: boolean): Uint8Array {
  const builder = new PcapngBuilder(littleEndian);
  return concat([
    builder.sectionHeader(),
    builder.interface(LINK_ETHERNET, 0, [builder.tsresol(9)]),
    ...packets.map((packet) =>
      builder.enhancedPacket(
        specOf(packet, ethernet(packet.ip, etherTypeOf(packet.ip))),
        BigInt(packet.seconds) * 1_000_000_000n + BigInt(packet.nanoseconds),
      ),
    ),
  ]);
}

/** RFC 7348 §5, in UDP and IPv4 of a tunnel's ends. */
function inVxlan(ip: Uint8Array): Uint8Array {
  const inner = ethernet(ip, etherTypeOf(ip));
  const udp = Buffer.alloc(8 + 8);
  udp.writeUInt16BE(49_152, 0);
  udp.writeUInt16BE(4789, 2);
  udp.writeUInt16BE(16 + inner.length, 4);
  udp[8] = 0x08;
  udp.writeUIntBE(42, 12, 3);
  const outer = { source: '192.0.2.77', destination: '192.0.2.78', protocol: 17 };
  return ethernet(ipv4(concat([udp, inner]), outer), 0x0800);
}

/** Every segment with several bytes becomes two: FIN goes with the second. Checksums stay, lengths don't. */
function inHalves(packets: readonly TimedPacket[]): TimedPacket[] {
  return packets.flatMap((packet) => {
    const ip = Buffer.from(packet.ip);
    const ipHeader = isIPv6(ip) ? 40 : 20;
    const start = ipHeader + (ip[ipHeader + 12]! >> 4) * 4;
    const end = isIPv6(ip) ? 40 + ip.readUInt16BE(4) : ip.readUInt16BE(2);
    const isOther = (ip[ipHeader + 13]! & 0x06) !== 0;
    if (isOther || end - start < 2 || packet.length !== packet.ip.length || end > ip.length) return [packet];
    const middle = start + ((end - start) >> 1);
    const half = (from: number, to: number, isLast: boolean): TimedPacket => {
      const piece = Buffer.concat([ip.subarray(0, start), ip.subarray(from, to)]);
      if (isIPv6(ip)) piece.writeUInt16BE(piece.length - 40, 4);
      else piece.writeUInt16BE(piece.length, 2);
      piece.writeUInt32BE((ip.readUInt32BE(ipHeader + 4) + from - start) >>> 0, ipHeader + 4);
      if (!isLast) piece[ipHeader + 13]! &= ~0x09;
      return { ...packet, ip: piece, length: piece.length };
    };
    return [half(start, middle, false), half(middle, end, true)];
  });
}

/** All but the last of each rotated file's packets, a quarter of them each. */
function inParts(packets: readonly TimedPacket[]): Uint8Array[] {
  const size = Math.max(1, Math.ceil(packets.length / 4));
  const parts: Uint8Array[] = [];
  for (let at = 0; at < packets.length; at += size) parts.push(inEthernet(packets.slice(at, at + size)));
  return parts;
}

const sll = (ip: Uint8Array) =>
  concat([Uint8Array.of(0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0), word(etherTypeOf(ip)), ip]);
const sll2 = (ip: Uint8Array) =>
  concat([word(etherTypeOf(ip)), Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0), ip]);
const bsdLoopback = (ip: Uint8Array) => concat([Uint8Array.of(isIPv6(ip) ? 30 : 2, 0, 0, 0), ip]);

function word(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

export const REWRAPPINGS: readonly Rewrapping[] = [
  { name: 'pcap of big-endian words', rewrap: (packets) => [inEthernet(packets, false)], keepsPackets: true },
  { name: 'pcapng', rewrap: (packets) => [asPcapng(packets, true)], keepsPackets: true },
  { name: 'pcapng of big-endian words', rewrap: (packets) => [asPcapng(packets, false)], keepsPackets: true },
  { name: 'gzip', rewrap: (packets) => [gzipSync(inEthernet(packets))], keepsPackets: true },
  { name: 'gzip of pcapng', rewrap: (packets) => [gzipSync(asPcapng(packets, true))], keepsPackets: true },
  { name: 'raw IP', rewrap: inLink(LINK_RAW, (ip) => ip), keepsPackets: true },
  { name: 'Linux cooked', rewrap: inLink(LINK_SLL, sll), keepsPackets: true },
  { name: 'Linux cooked, version 2', rewrap: inLink(LINK_SLL2, sll2), keepsPackets: true },
  { name: 'BSD loopback', rewrap: inLink(LINK_NULL, bsdLoopback), keepsPackets: true },
  {
    name: 'a VLAN',
    rewrap: inLink(LINK_ETHERNET, (ip) => ethernet(ip, 0x8100, etherTypeOf(ip))),
    keepsPackets: true,
  },
  { name: 'four rotated files', rewrap: inParts, keepsPackets: true },
  { name: 'segments cut in two', rewrap: (packets) => [inEthernet(inHalves(packets))], keepsPackets: false },
  {
    name: 'VXLAN',
    rewrap: inLink(LINK_ETHERNET, inVxlan),
    keepsPackets: true,
  },
];
