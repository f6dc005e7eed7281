/**
 * Pieces of IP packets in, whole packets out, as if they had been captured so: with the packet that completes them, as
 * Wireshark has it. Reads RFC 791 §3.2, RFC 8200 §4.5, RFC 5722.
 *
 * Everything is bounded: packets in pieces at once, their bytes, and their age in the time of the capture. At a bound the
 * oldest is given up. What is given up is counted, for a note; UDP only where it is known to be a tunnel's, for most is
 * none of ours.
 */
import { FragmentedPacket } from './fragmented-packet.ts';
import { IPV4_HEADER, IPV6_HEADER, PROTOCOL_UDP } from './ip-numbers.ts';
import { isTunnelPort } from './udp-tunnels.ts';

const MAX_PACKETS = 4096;
const MAX_COST = 16 << 20;
/** Receivers wait for 30 s (Linux) to 60 s (RFC 8200). */
const MAX_AGE_SECONDS = 30;
/** Pieces of a packet that is complete come again within this time where they were captured twice. */
const COPY_NANOSECONDS = 50e6;
const UDP_PORTS = 4;

/** One piece, as its IP header describes it. */
export interface FragmentHeader {
  readonly isIPv6: boolean;
  /** First byte of the IP header. */
  readonly ip: number;
  readonly identification: number;
  readonly protocol: number;
  /** Place of the piece in the payload of the whole, in bytes. */
  readonly offset: number;
  readonly isLast: boolean;
  /** The piece's bytes: first one, after the last captured one, after the last one on the wire. */
  readonly start: number;
  readonly end: number;
  readonly wireEnd: number;
}

/** A whole packet: an IP header of the shortest form, and what was captured of the payload. */
export interface WholePacket {
  readonly bytes: Uint8Array;
  readonly wireLength: number;
}

/** Pieces that led to nothing: how many, and the first of them. */
export interface LostPieces {
  count: number;
  firstPacket: number;
}

interface Entry {
  readonly key: string;
  packet: FragmentedPacket | null;
  readonly protocol: number;
  /** Of a UDP packet: whether its port is a tunnel's; undefined while that is not known. */
  isTunnel: boolean | undefined;
  /** The pieces contradict each other: more of them are left out as well. */
  isRefused: boolean;
  /** Time of the first piece, then that of the last one when it is complete. */
  seconds: number;
  nanoseconds: number;
}

export class FragmentReassembler {
  /** In the order in which they began. */
  readonly #entries = new Map<string, Entry>();
  #cost = 0;
  readonly #maxPackets: number;
  readonly #maxCost: number;
  readonly missing: LostPieces = { count: 0, firstPacket: 0 };
  readonly contradictory: LostPieces = { count: 0, firstPacket: 0 };

  constructor(maxPackets: number = MAX_PACKETS, maxCost: number = MAX_COST) {
    this.#maxPackets = maxPackets;
    this.#maxCost = maxCost;
  }

  /** Takes a piece; returns the whole if this was the last one missing. `route` keeps captures of one packet apart. */
  add(
    data: Uint8Array,
    header: FragmentHeader,
    route: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): WholePacket | null {
    this.#dropOld(seconds);
    const entry = this.#entryOf(keyOf(data, header, route), header.protocol, seconds, nanoseconds);
    if (entry.isRefused) {
      count(this.contradictory, 1, packet);
      return null;
    }
    // Complete, or not of interest.
    if (entry.packet === null) return null;
    const { offset, isLast, start, end, wireEnd } = header;
    const before = entry.packet.cost;
    const result = entry.packet.add(offset, wireEnd - start, isLast, data, start, end, packet);
    this.#cost += entry.packet.cost - before;
    if (result === 'refused') {
      count(this.contradictory, entry.packet.packets, entry.packet.firstPacket);
      entry.isRefused = true;
      this.#free(entry);
      return null;
    }
    if (entry.protocol === PROTOCOL_UDP) {
      entry.isTunnel ??= hasTunnelPort(entry.packet.head);
      if (entry.isTunnel === false) {
        this.#free(entry);
        return null;
      }
    }
    if (entry.packet.isComplete) return this.#finish(entry, data, header, seconds, nanoseconds);
    while (this.#cost > this.#maxCost) this.#dropOldest();
    return null;
  }

  /** The capture is over: what is incomplete stays so. */
  end(): void {
    for (const entry of this.#entries.values()) this.#drop(entry);
  }

  #entryOf(key: string, protocol: number, seconds: number, nanoseconds: number): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      const age = (seconds - known.seconds) * 1e9 + (nanoseconds - known.nanoseconds);
      const isOver = known.packet === null && !known.isRefused && known.isTunnel !== false;
      if (!isOver || Math.abs(age) < COPY_NANOSECONDS) return known;
      this.#drop(known);
    }
    const packet = new FragmentedPacket();
    const entry = {
      key,
      packet,
      protocol,
      isTunnel: undefined,
      isRefused: false,
      seconds,
      nanoseconds,
    };
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#maxPackets) this.#dropOldest();
    return entry;
  }

  #finish(
    entry: Entry,
    data: Uint8Array,
    { isIPv6, ip, protocol }: FragmentHeader,
    seconds: number,
    nanoseconds: number,
  ): WholePacket {
    const room = isIPv6 ? IPV6_HEADER : IPV4_HEADER;
    const { bytes, length } = entry.packet!.join(room);
    // The header of this piece says of the whole what the others say, but for lengths and places.
    bytes.set(data.subarray(ip, ip + room));
    const lengthAt = isIPv6 ? 4 : 2;
    const total = isIPv6 ? length : length + room;
    bytes[lengthAt] = total >> 8;
    bytes[lengthAt + 1] = total & 0xff;
    if (isIPv6) {
      bytes[6] = protocol;
    } else {
      bytes[0] = 0x45;
      bytes[6] = 0;
      bytes[7] = 0;
    }
    entry.seconds = seconds;
    entry.nanoseconds = nanoseconds;
    this.#free(entry);
    return { bytes, wireLength: room + length };
  }

  #dropOld(seconds: number): void {
    for (const entry of this.#entries.values()) {
      if (Math.abs(seconds - entry.seconds) <= MAX_AGE_SECONDS) return;
      this.#drop(entry);
    }
  }

  #dropOldest(): void {
    const [oldest] = this.#entries.values();
    if (oldest !== undefined) this.#drop(oldest);
  }

  #drop(entry: Entry): void {
    const { packet, protocol } = entry;
    if (packet !== null && (protocol !== PROTOCOL_UDP || entry.isTunnel === true)) {
      count(this.missing, packet.packets, packet.firstPacket);
    }
    this.#free(entry);
    this.#entries.delete(entry.key);
  }

  #free(entry: Entry): void {
    this.#cost -= entry.packet?.cost ?? 0;
    entry.packet = null;
  }
}

function count(lost: LostPieces, packets: number, firstPacket: number): void {
  if (lost.count === 0 || firstPacket < lost.firstPacket) lost.firstPacket = firstPacket;
  lost.count += packets;
}

/** undefined where the port is not there yet: the first piece may come last. */
function hasTunnelPort(head: Uint8Array | undefined): boolean | undefined {
  if (head === undefined) return undefined;
  return head.length >= UDP_PORTS && isTunnelPort((head[2]! << 8) | head[3]!);
}

function keyOf(data: Uint8Array, header: FragmentHeader, route: number): string {
  const { isIPv6, ip, identification, protocol } = header;
  const from = ip + (isIPv6 ? 8 : 12);
  const addresses = String.fromCharCode(...data.subarray(from, from + (isIPv6 ? 32 : 8)));
  // RFC 8200 has the protocol of the first piece count, RFC 791 that of each: senders write the same into all.
  return `${route} ${identification} ${protocol} ${addresses}`;
}
