/**
 * What TCP knows of one connection and of each of its two streams. Plain facts, written by TcpTracker and
 * StreamReassembler, read by the consumer.
 */
import { formatIPv4, formatIPv6 } from '../ip-address.ts';
import type { Segment } from '../decode/segment.ts';
import { markOf, type PacketMark } from './packet-mark.ts';
import { StreamReassembler } from './stream-reassembler.ts';
import type { ReassemblyBudget } from './reassembly-budget.ts';
import type { Direction } from '../direction.ts';
import type { StreamConsumer } from './stream-consumer.ts';

export interface TcpEndpoint {
  readonly address: string;
  readonly port: number;
}

export class TcpConnection {
  /** Wireshark's tcp.stream. */
  readonly id: number;
  readonly first: PacketMark;
  lastPacket: number;
  lastSeconds: number;
  lastNanoseconds: number;
  /** Who sent the SYN (or was sent the SYN/ACK): null where neither was captured. */
  originator: Direction | null = null;
  /** The same packet captured more than once (as on `-i any`): how often, and where first. */
  duplicates = 0;
  firstDuplicate = 0;
  /** Set by {@link ignore}. */
  ignored = false;
  /** Both sides have ended, or one has reset. */
  closed = false;
  /** TcpTracker's: waits in its queue of closed connections. */
  inClosedQueue = false;

  readonly #isIPv6: boolean;
  readonly #addresses: Int32Array;
  readonly #ports: readonly [number, number];
  readonly streams: readonly [StreamReassembler, StreamReassembler];
  consumer!: StreamConsumer;

  constructor(id: number, segment: Segment, budget: ReassemblyBudget) {
    this.id = id;
    this.first = markOf(segment);
    this.lastPacket = segment.packet;
    this.lastSeconds = segment.seconds;
    this.lastNanoseconds = segment.nanoseconds;
    this.#isIPv6 = segment.isIPv6;
    this.#addresses = segment.isIPv6
      ? segment.addresses.slice()
      : Int32Array.of(segment.addresses[0]!, segment.addresses[4]!);
    this.#ports = [segment.sourcePort, segment.destinationPort];
    this.streams = [new StreamReassembler(0, budget), new StreamReassembler(1, budget)];
  }

  /** The latest packet. */
  get last(): PacketMark {
    return { packet: this.lastPacket, seconds: this.lastSeconds, nanoseconds: this.lastNanoseconds };
  }

  /** The sender of a direction's bytes. */
  endpoint(direction: Direction): TcpEndpoint {
    const address = this.#isIPv6
      ? formatIPv6(this.#addresses, direction * 4)
      : formatIPv4(this.#addresses[direction]!);
    return { address, port: this.#ports[direction] };
  }

  /** For the consumer: this connection is none of ours. No more calls come, and its memory is released. */
  ignore(): void {
    this.ignored = true;
    for (const stream of this.streams) stream.discard();
  }
}
