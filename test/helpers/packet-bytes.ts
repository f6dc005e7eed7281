/**
 * Packets for tests, layer by layer: TCP in IPv4 or IPv6 in any link layer. Lengths are right unless given otherwise;
 * checksums are not computed.
 */
import { concat } from './pcap-builder.ts';

/** TCP header flags by their initials. */
const FLAG_BITS: Readonly<Record<string, number>> = { F: 0x01, S: 0x02, R: 0x04, P: 0x08, A: 0x10, U: 0x20 };

/** Flag bits out of initials: "SA" is SYN and ACK. */
export function flagBits(initials: string): number {
  let bits = 0;
  for (const initial of initials) bits |= FLAG_BITS[initial] ?? 0;
  return bits;
}

export interface TcpSpec {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  /** Initials, default "A". */
  readonly flags?: string;
  readonly window?: number;
  readonly checksum?: number;
  /** A multiple of 4 bytes. */
  readonly options?: Uint8Array;
  /** In 32-bit words, where it shall not fit the options. */
  readonly dataOffset?: number;
  readonly payload?: Uint8Array;
}

/** A TCP header and its payload. */
export function tcp(spec: TcpSpec = {}): Uint8Array {
  const { options = new Uint8Array(0), payload = new Uint8Array(0) } = spec;
  const header = Buffer.alloc(20);
  header.writeUInt16BE(spec.sourcePort ?? 50_000);
  header.writeUInt16BE(spec.destinationPort ?? 80, 2);
  header.writeUInt32BE((spec.sequence ?? 1) >>> 0, 4);
  header.writeUInt32BE((spec.acknowledgement ?? 1) >>> 0, 8);
  header[12] = (spec.dataOffset ?? 5 + options.length / 4) << 4;
  header[13] = flagBits(spec.flags ?? 'A');
  header.writeUInt16BE(spec.window ?? 502, 14);
  header.writeUInt16BE(spec.checksum ?? 0xfe30, 16);
  return concat([header, options, payload]);
}

export interface IPv4Spec {
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: number;
  readonly version?: number;
  /** A multiple of 4 bytes. */
  readonly options?: Uint8Array;
  /** In 32-bit words, where it shall not fit the options. */
  readonly headerWords?: number;
  readonly totalLength?: number;
  readonly identification?: number;
  /** Flags and fragment offset as on the wire; default: don't fragment. */
  readonly fragment?: number;
}

export function ipv4(payload: Uint8Array, spec: IPv4Spec = {}): Uint8Array {
  const { options = new Uint8Array(0) } = spec;
  const header = Buffer.alloc(20);
  header[0] = ((spec.version ?? 4) << 4) | (spec.headerWords ?? 5 + options.length / 4);
  header.writeUInt16BE(spec.totalLength ?? 20 + options.length + payload.length, 2);
  header.writeUInt16BE(spec.identification ?? 0x1234, 4);
  header.writeUInt16BE(spec.fragment ?? 0x4000, 6);
  header[8] = 64;
  header[9] = spec.protocol ?? 6;
  header.set(ipv4Bytes(spec.source ?? '192.0.2.1'), 12);
  header.set(ipv4Bytes(spec.destination ?? '198.51.100.2'), 16);
  return concat([header, options, payload]);
}

export interface IPv6Spec {
  /** Eight groups, none left out. */
  readonly source?: string;
  readonly destination?: string;
  readonly nextHeader?: number;
  readonly payloadLength?: number;
  readonly version?: number;
}

/** @param payload extension headers included */
export function ipv6(payload: Uint8Array, spec: IPv6Spec = {}): Uint8Array {
  const header = Buffer.alloc(40);
  header[0] = (spec.version ?? 6) << 4;
  header.writeUInt16BE(spec.payloadLength ?? payload.length, 4);
  header[6] = spec.nextHeader ?? 6;
  header[7] = 64;
  header.set(ipv6Bytes(spec.source ?? '2001:db8:0:0:0:0:0:1'), 8);
  header.set(ipv6Bytes(spec.destination ?? '2001:db8:0:0:0:0:0:2'), 24);
  return concat([header, payload]);
}

function ipv4Bytes(address: string): Uint8Array {
  return Uint8Array.from(address.split('.').map(Number));
}

function ipv6Bytes(address: string): Uint8Array {
  return Uint8Array.from(
    Buffer.from(address.replace(/\w+/g, (group) => group.padStart(4, '0')).replaceAll(':', ''), 'hex'),
  );
}

/** An Ethernet header with these EtherTypes in a row: all but the last are VLAN tags. */
export function ethernet(payload: Uint8Array, ...etherTypes: readonly number[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2])];
  for (const [index, etherType] of etherTypes.entries()) {
    if (index > 0) parts.push(Uint8Array.of(0x20, 0x64)); // priority 1, VLAN 100
    parts.push(Uint8Array.of(etherType >> 8, etherType & 0xff));
  }
  return concat([...parts, payload]);
}

/** Bytes of Latin-1 text, for payloads. */
export function text(characters: string): Uint8Array {
  return Uint8Array.from(Buffer.from(characters, 'latin1'));
}
