/**
 * Takes fragments of IP packets and returns whole packets. A whole packet has the number and time of the fragment
 * that completes it, as in Wireshark. Implements RFC 791 §3.2, RFC 8200 §4.5, RFC 5722.
 *
 * Everything is bounded: the number of incomplete packets, their bytes, and their age in capture time. At a bound the
 * oldest is given up. Packets given up are counted for a note; UDP packets only if they are known to belong to a
 * tunnel, since most UDP has nothing to do with TCP.
 */
import { FragmentedPacket } from './fragmented-packet.ts';
import { IPV4_HEADER, IPV6_HEADER, PROTOCOL_UDP } from './ip-numbers.ts';
import { tunnelPort } from './udp-tunnels.ts';

/** @bound fragmented packets that wait for their pieces: {count} */
const MAX_PACKETS = 4096;
/** @bound fragmented packets that wait for their pieces: {bytes} */
const MAX_COST = 16 << 20;
/**
 * Receivers wait for 30 s (Linux) to 60 s (RFC 8200).
 * @bound fragmented packets that wait for their pieces: {seconds} of the capture
 */
const MAX_AGE_SECONDS = 30;
/** If a complete packet was captured twice, the copies of its fragments come within this time. */
const COPY_NANOSECONDS = 50e6;
const UDP_PORTS = 4;

/** One fragment, as its IP header describes it. */
export interface FragmentHeader {
  readonly isIPv6: boolean;
  /** First byte of the IP header. */
  readonly ip: number;
  readonly identification: number;
  readonly protocol: number;
  /** Where the fragment belongs in the payload of the whole packet, in bytes. */
  readonly offset: number;
  readonly isLast: boolean;
  /** The fragment's bytes: the first one, after the last captured one, after the last one on the wire. */
  readonly start: number;
  readonly end: number;
  readonly wireEnd: number;
}

/** A whole packet: an IP header without options, and the captured part of the payload. */
export interface WholePacket {
  readonly bytes: Uint8Array;
  readonly wireLength: number;
}

/** Fragments of packets that never became complete: how many, and the first one. */
export interface LostPieces {
  count: number;
  firstPacket: number;
}

interface Entry {
  readonly key: string;
  packet: FragmentedPacket | null;
  readonly protocol: number;
  /** For a UDP packet: does its port belong to a tunnel? undefined until the port is known. */
  isTunnel: boolean | undefined;
  /** The fragments contradict each other, so those that still come are left out as well. */
  isRefused: boolean;
  /** The time of the first fragment; once the packet is complete, that of the last one. */
  seconds: number;
  nanoseconds: number;
}

export class FragmentReassembler {
  /** In the order of their first fragments. */
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

  /**
   * Takes a fragment; returns the whole packet if this fragment completes it. `route` keeps several captures of one
   * packet apart.
   */
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
    // The packet is complete already, or wscap has no use for it.
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

  /** The capture has ended: incomplete packets stay incomplete. */
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
    // The header of this fragment serves for the whole packet: all fragments have the same one but for lengths and
    // offsets.
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

/** undefined if the port has not been seen: the first fragment may arrive last. */
function hasTunnelPort(head: Uint8Array | undefined): boolean | undefined {
  if (head === undefined) return undefined;
  if (head.length < UDP_PORTS) return false;
  return tunnelPort((head[0]! << 8) | head[1]!, (head[2]! << 8) | head[3]!) !== 0;
}

function keyOf(data: Uint8Array, header: FragmentHeader, route: number): string {
  const { isIPv6, ip, identification, protocol } = header;
  const from = ip + (isIPv6 ? 8 : 12);
  const addresses = String.fromCharCode(...data.subarray(from, from + (isIPv6 ? 32 : 8)));
  // RFC 8200 takes the protocol of the first fragment, RFC 791 keys by it: senders write the same one into all.
  return `${route} ${identification} ${protocol} ${addresses}`;
}
