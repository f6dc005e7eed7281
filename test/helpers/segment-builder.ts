/** Segments for tests of the TCP layer, and a listener that writes down all that the tracker says. */
import { Segment } from '../../src/decode/segment.ts';
import type { Direction } from '../../src/basics/direction.ts';
import type { StreamConsumer } from '../../src/tcp/stream-consumer.ts';
import type { TcpConnection } from '../../src/tcp/tcp-connection.ts';
import { TcpTracker, type ConnectionListener } from '../../src/tcp/tcp-tracker.ts';
import { flagBits, text } from './packet-bytes.ts';

export interface SegmentSpec {
  /** Default 0: the client, 10.0.0.1 port 50000. The other is 10.0.0.2 port 80. */
  readonly from?: 0 | 1;
  /** Port of the client. */
  readonly port?: number;
  readonly ipVersion?: 4 | 6;
  readonly seq?: number;
  readonly ack?: number;
  /** Initials, default "A". */
  readonly flags?: string;
  readonly payload?: string | Uint8Array;
  /** Payload bytes that the snapshot length left; default all. */
  readonly captured?: number;
  /** Default 502. */
  readonly window?: number;
  readonly identification?: number;
  readonly checksum?: number;
  /** Bytes of the TCP header's options. */
  readonly options?: readonly number[];
  /** Default 64. */
  readonly hopLimit?: number;
  /** By which route it was captured; default 0. */
  readonly route?: number;
  /** Default: the one before and 1. */
  readonly packet?: number;
  /** Seconds; default: a hundredth of the packet number. */
  readonly time?: number;
}

export function segmentOf(spec: SegmentSpec, packet: number): Segment {
  const { from = 0, port = 50_000, ipVersion = 4, payload = '', time = packet / 100 } = spec;
  const bytes = typeof payload === 'string' ? text(payload) : payload;
  const segment = new Segment();
  segment.packet = packet;
  segment.seconds = Math.floor(time);
  segment.nanoseconds = Math.round((time - Math.floor(time)) * 1e9);
  segment.isIPv6 = ipVersion === 6;
  const client = segment.isIPv6 ? [0x20010db8, 0, 0, 1] : [0x0a000001];
  const server = segment.isIPv6 ? [0x20010db8, 0, 0, 2] : [0x0a000002];
  segment.addresses.set(client, from === 0 ? 0 : 4);
  segment.addresses.set(server, from === 0 ? 4 : 0);
  segment.sourcePort = from === 0 ? port : 80;
  segment.destinationPort = from === 0 ? 80 : port;
  segment.sequence = (spec.seq ?? 0) | 0;
  segment.acknowledgement = (spec.ack ?? 0) | 0;
  segment.flags = flagBits(spec.flags ?? 'A');
  segment.window = spec.window ?? 502;
  // A sender changes one of the two between a segment and its retransmission.
  segment.identification = spec.identification ?? packet & 0xffff;
  segment.checksum = spec.checksum ?? 0xfe30;
  segment.hopLimit = spec.hopLimit ?? 64;
  segment.route = spec.route ?? 0;
  const options = spec.options ?? [];
  segment.data = options.length === 0 ? bytes : Uint8Array.from([...options, ...bytes]);
  segment.payloadStart = options.length;
  segment.payloadEnd = options.length + (spec.captured ?? bytes.length);
  segment.payloadLength = bytes.length;
  return segment;
}

/** What one connection's consumer was told. */
export class RecordingConsumer implements StreamConsumer {
  readonly connection: TcpConnection;
  /**
   * One line a call: `> abc #3` is data of direction 0 first seen in packet 3, `< gap 5 #4` a gap of direction 1,
   * then `> fin`, `end closed`.
   */
  readonly transcript: string[] = [];
  /** Runs at every call, to do what a consumer may do. */
  readonly #hook: ((consumer: RecordingConsumer) => void) | undefined;

  constructor(connection: TcpConnection, hook?: (consumer: RecordingConsumer) => void) {
    this.connection = connection;
    this.#hook = hook;
  }

  data(direction: Direction, bytes: Uint8Array, start: number, end: number, packet: number): void {
    this.#say(direction, `${Buffer.from(bytes.subarray(start, end)).toString('latin1')} #${packet}`);
  }

  gap(direction: Direction, length: number, packet: number): void {
    this.#say(direction, `gap ${length} #${packet}`);
  }

  flag(direction: Direction, flag: 'syn' | 'fin' | 'rst'): void {
    this.#say(direction, flag);
  }

  end(reason: 'closed' | 'capture-ended' | 'evicted'): void {
    this.transcript.push(`end ${reason}`);
    this.#hook?.(this);
  }

  #say(direction: Direction, what: string): void {
    this.transcript.push(`${direction === 0 ? '>' : '<'} ${what}`);
    this.#hook?.(this);
  }
}

/** A tracker and all that it said, connection by connection. */
export class Recording implements ConnectionListener {
  readonly tracker: TcpTracker;
  readonly consumers: RecordingConsumer[] = [];
  readonly #hook: ((consumer: RecordingConsumer) => void) | undefined;
  #packet = 0;

  constructor(maxLive?: number, hook?: (consumer: RecordingConsumer) => void) {
    this.tracker = new TcpTracker(this, maxLive === undefined ? {} : { maxLive });
    this.#hook = hook;
  }

  open(connection: TcpConnection): StreamConsumer {
    const consumer = new RecordingConsumer(connection, this.#hook);
    this.consumers.push(consumer);
    return consumer;
  }

  /** The segments in this order, as packets of the capture. */
  play(...segments: readonly SegmentSpec[]): this {
    for (const spec of segments) {
      this.#packet = spec.packet ?? this.#packet + 1;
      this.tracker.segment(segmentOf(spec, this.#packet));
    }
    return this;
  }

  end(): this {
    this.tracker.end();
    return this;
  }

  /** Of the connection with this id. */
  transcript(id = 0): readonly string[] {
    return this.consumers[id]?.transcript ?? [];
  }

  connection(id = 0): TcpConnection {
    return this.consumers[id]!.connection;
  }
}
