/**
 * Rewrites a packet of a chosen connection in place: hardware and IP addresses, clients' ports, options that
 * name somebody, the payload by stream offset, padding. Checksums that were right are right again. Checksums
 * that were wrong stay wrong, but say nothing about the bytes they were made from. Where the network card
 * would have filled in the checksum of an outgoing packet, the field gets what Linux leaves there, the sum of
 * the pseudo-header.
 */
import type { Segment } from '../decode/segment.ts';
import { RST, SYN } from '../decode/segment.ts';
import { LINKTYPE_EN10MB, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from '../basics/link-types.ts';
import { checksumOf, pseudoHeaderSum, sumOf } from './checksum.ts';
import { AUTHENTICATION_HEADER, FRAGMENT_HEADER, layoutOf, type PacketLayout } from './packet-layout.ts';
import type { Endpoints } from './proxy-header.ts';
import type { RewrittenStream } from './rewritten-stream.ts';

const COOKED_ADDRESS = 8;
const IPV4_HEADER = 20;
const IPV4_CHECKSUM = 10;
const TCP_HEADER = 20;
const TCP_CHECKSUM = 16;
const NO_OPERATION = 1;
const PAD_N = 1;
/** The option with the length of a packet of over 64 KiB (RFC 2675 §2). */
const JUMBO_PAYLOAD = 0xc2;
const ROUTING_HEADER = 43;
/** Hop-by-hop and destination options. */
const OPTION_HEADERS: readonly number[] = [0, 60];
/** End, no operation, segment size, window scale, SACK permitted, SACK, timestamps: numbers of this connection alone. */
const PLAIN_TCP_OPTIONS: readonly number[] = [0, 1, 2, 3, 4, 5, 8];
/** Replaces payload that no stream holds. */
const CONTENT = 0xff;

/** The stream and the offset in it of a packet's payload; null where none of its bytes count. */
export interface PayloadPlace {
  readonly stream: RewrittenStream;
  readonly offset: number;
}

interface Checksums {
  readonly isIpRight: boolean;
  readonly isIpZero: boolean;
  readonly tcp: 'right' | 'partial' | 'wrong' | 'unknown';
  readonly field: Uint8Array;
}

export class PacketRewriter {
  readonly #endpoints: Endpoints;

  constructor(endpoints: Endpoints) {
    this.#endpoints = endpoints;
  }

  /** @param packet the captured bytes, a copy */
  rewrite(
    packet: Uint8Array,
    originalLength: number,
    linkType: number,
    segment: Segment,
    place: PayloadPlace | null,
  ): void {
    const layout = layoutOf(packet, linkType, originalLength, segment);
    const before = checksumsOf(packet, layout);
    this.#linkLayer(packet, linkType);
    this.#ip(packet, layout);
    this.#tcp(packet, layout);
    this.#payload(packet, layout, segment, place);
    this.#repair(packet, layout, before);
  }

  #linkLayer(packet: Uint8Array, linkType: number): void {
    switch (linkType) {
      case LINKTYPE_EN10MB:
        this.#hardwareAddress(packet, 0, 6);
        this.#hardwareAddress(packet, 6, 6);
        break;
      case LINKTYPE_LINUX_SLL:
        this.#cookedAddress(packet, 6, (packet[4]! << 8) | packet[5]!);
        break;
      case LINKTYPE_LINUX_SLL2:
        this.#cookedAddress(packet, 12, packet[11]!);
    }
  }

  /**
   * Linux has eight bytes for an address in place of an Ethernet header; the bytes behind the address are
   * unused.
   */
  #cookedAddress(packet: Uint8Array, at: number, length: number): void {
    const used = Math.min(length, COOKED_ADDRESS);
    this.#hardwareAddress(packet, at, used);
    packet.fill(0, at + used, at + COOKED_ADDRESS);
  }

  #hardwareAddress(packet: Uint8Array, at: number, length: number): void {
    if (length === 0) return;
    packet.set(this.#endpoints.pseudonyms.hardwareAddress(packet.slice(at, at + length)), at);
  }

  #ip(packet: Uint8Array, { isIPv6, ip, headerEnd, extensions }: PacketLayout): void {
    const width = isIPv6 ? 16 : 4;
    const source = ip + (isIPv6 ? 8 : 12);
    for (const at of [source, source + width]) {
      packet.set(this.#endpoints.addresses.mapBytes(packet.slice(at, at + width)), at);
    }
    // Options name routers on the way.
    if (!isIPv6) packet.fill(NO_OPERATION, ip + IPV4_HEADER, headerEnd);
    for (const { kind, start, end } of extensions) clearExtension(packet, kind, start, end);
  }

  #tcp(packet: Uint8Array, { tcp, payload }: PacketLayout): void {
    const view = new DataView(packet.buffer, packet.byteOffset);
    for (const at of [tcp, tcp + 2]) view.setUint16(at, this.#endpoints.ports.map(view.getUint16(at)));
    clearTcpOptions(packet, tcp + TCP_HEADER, Math.min(payload, packet.length));
  }

  #payload(
    packet: Uint8Array,
    { payload, end }: PacketLayout,
    segment: Segment,
    place: PayloadPlace | null,
  ): void {
    const captured = Math.min(end, packet.length);
    if (payload < captured) {
      packet.fill(CONTENT, payload, captured);
      // The payload of a RST is text for people, and not part of the stream.
      if ((segment.flags & RST) === 0) place?.stream.read(place.offset, captured - payload, packet, payload);
    }
    if (captured < packet.length) packet.fill(0, captured);
  }

  #repair(packet: Uint8Array, layout: PacketLayout, before: Checksums): void {
    const { ip, tcp, isIPv6 } = layout;
    if (!isIPv6) {
      const right = ipChecksum(packet, layout);
      if (!before.isIpZero) write16(packet, ip + IPV4_CHECKSUM, before.isIpRight ? right : right ^ 0x5555);
    }
    if (tcp + TCP_HEADER > packet.length) return;
    const at = tcp + TCP_CHECKSUM;
    switch (before.tcp) {
      case 'right':
        write16(packet, at, tcpChecksum(packet, layout));
        break;
      case 'partial':
        write16(packet, at, partialChecksum(packet, layout));
        break;
      case 'wrong':
        write16(packet, at, tcpChecksum(packet, layout) ^ 0x5555);
        break;
      case 'unknown':
        // The snapshot length cut the bytes it was made from. Copies of a packet are recognised by their
        // checksum, so equal checksums stay equal.
        write16(packet, at, this.#endpoints.pseudonyms.short(before.field));
    }
  }
}

/** The sequence number at which a segment's payload begins. A SYN takes a sequence number of its own. */
export function payloadSequence({ flags, sequence }: Segment): number {
  return (flags & SYN) !== 0 ? (sequence + 1) | 0 : sequence;
}

function clearExtension(packet: Uint8Array, kind: number, start: number, end: number): void {
  if (kind === FRAGMENT_HEADER) return;
  if (OPTION_HEADERS.includes(kind)) {
    const isJumbo = packet[start + 2] === JUMBO_PAYLOAD && packet[start + 3] === 4 && end - start === 8;
    if (isJumbo) return;
    packet[start + 2] = PAD_N;
    packet[start + 3] = end - start - 4;
    packet.fill(0, start + 4, end);
  } else if (kind === ROUTING_HEADER) {
    packet.fill(0, start + 3, end);
  } else {
    packet.fill(0, start + (kind === AUTHENTICATION_HEADER ? 12 : 4), end);
  }
}

/** Options of kinds that may carry a cookie, a key or an address become padding. */
function clearTcpOptions(packet: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end;) {
    const kind = packet[at]!;
    if (kind === 0) {
      packet.fill(0, at, end);
      return;
    }
    const length = kind === NO_OPERATION ? 1 : at + 1 < end ? packet[at + 1]! : 0;
    const isWhole = (kind === NO_OPERATION || length >= 2) && at + length <= end;
    const next = isWhole ? at + length : end;
    if (!isWhole || !PLAIN_TCP_OPTIONS.includes(kind)) packet.fill(NO_OPERATION, at, next);
    at = next;
  }
}

function checksumsOf(packet: Uint8Array, layout: PacketLayout): Checksums {
  const { ip, tcp, isIPv6, end } = layout;
  const field = packet.slice(tcp + TCP_CHECKSUM, tcp + TCP_CHECKSUM + 2);
  const current = read16(packet, tcp + TCP_CHECKSUM);
  const isWhole = end <= packet.length;
  const isIpRight = !isIPv6 && isSame(read16(packet, ip + IPV4_CHECKSUM), ipChecksum(packet, layout));
  return {
    isIpRight,
    isIpZero: !isIPv6 && !isIpRight && read16(packet, ip + IPV4_CHECKSUM) === 0,
    tcp:
      isWhole && isSame(current, tcpChecksum(packet, layout))
        ? 'right'
        : current === partialChecksum(packet, layout)
          ? 'partial'
          : isWhole
            ? 'wrong'
            : 'unknown',
    field,
  };
}

/** 0 and 0xffff are the same number to a receiver. */
function isSame(a: number, b: number): boolean {
  return a === b || (a % 0xffff === 0 && b % 0xffff === 0);
}

export function ipChecksum(packet: Uint8Array, { ip }: PacketLayout): number {
  const end = ip + ((packet[ip]! & 0x0f) << 2);
  return checksumOf(sumOf(packet, ip, ip + IPV4_CHECKSUM) + sumOf(packet, ip + IPV4_CHECKSUM + 2, end));
}

function pseudoSum(packet: Uint8Array, { ip, tcp, end, isIPv6 }: PacketLayout): number {
  const start = ip + (isIPv6 ? 8 : 12);
  return pseudoHeaderSum(packet.subarray(start, start + (isIPv6 ? 32 : 8)), end - tcp);
}

export function tcpChecksum(packet: Uint8Array, layout: PacketLayout): number {
  const { tcp, end } = layout;
  const sum = pseudoSum(packet, layout) + sumOf(packet, tcp, tcp + TCP_CHECKSUM);
  return checksumOf(sum + sumOf(packet, tcp + TCP_CHECKSUM + 2, Math.min(end, packet.length)));
}

/** What Linux leaves in the field, from which the network card goes on. */
function partialChecksum(packet: Uint8Array, layout: PacketLayout): number {
  return pseudoSum(packet, layout);
}

function read16(packet: Uint8Array, at: number): number {
  return (packet[at]! << 8) | packet[at + 1]!;
}

function write16(packet: Uint8Array, at: number, value: number): void {
  packet[at] = value >> 8;
  packet[at + 1] = value & 0xff;
}
