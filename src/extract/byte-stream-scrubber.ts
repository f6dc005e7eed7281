/**
 * Rewrites both directions of a ByteStream: HTTP by http-scrubber.ts, a WebSocket by frame-scrubber.ts, the bytes
 * inside a carrier by another object of this class. Parses nothing: the code that an analysis uses says what each byte
 * is (UpgradeExchange and FrameParser), and where the WebSocket begins (UpgradeExchange, and FrameSniffer where the
 * capture begins later).
 */
import { MAX_CARRIERS, type Carrier, type OpenCarrier } from '../carrier/carrier.ts';
import type { ByteStream, GapLength } from '../carrier/byte-stream.ts';
import { headerValue } from '../http/head.ts';
import { MQTT_SUBPROTOCOLS } from './known-words.ts';
import type { MqttTalk } from './mqtt-stream.ts';
import { knownReservedBitsOf, opaqueBitsOf } from '../connection/reserved-bits.ts';
import { UpgradeLog } from '../connection/upgrade-log.ts';
import type { Direction } from '../basics/direction.ts';
import type { HttpBudget } from '../http/http-budget.ts';
import {
  UpgradeExchange,
  type ExchangeHandler,
  type SeenRequest,
  type SeenResponse,
} from '../http/upgrade-exchange.ts';
import { FrameSniffer } from '../websocket/frame-sniffer.ts';
import type { InflateBudget } from '../websocket/inflate-budget.ts';
import { CarrierScrubber, type OpenForRewriting } from './carrier-scrubber.ts';
import { FrameScrubber, type FrameReading } from './frame-scrubber.ts';
import type { Endpoints } from './proxy-header.ts';
import { newStreams, type Streams, type TailBudget } from './rewritten-stream.ts';
import { ScrubbedSide } from './scrubbed-side.ts';
import type { Spool } from './spool.ts';

/** Shared by all connections of a run. */
export interface ScrubbingTools {
  readonly spool: Spool;
  readonly tails: TailBudget;
  readonly endpoints: Endpoints;
  readonly httpBudget: HttpBudget;
  readonly inflateBudget: InflateBudget;
  /** Server ports that the user named as those of WebSockets. */
  readonly ports: ReadonlySet<number>;
  /** Carriers that may begin. */
  readonly carriers: readonly Carrier[];
}

/** What is known of a stream before its first byte. */
export interface Beginning {
  /** The capture holds both directions from their first byte on. */
  readonly isFromStart: boolean;
  /** The side that accepted the connection, where that is known. */
  readonly server: Direction | null;
  /** The user says that a server behind this port speaks WebSocket. */
  readonly isNamedPort: boolean;
  readonly carriersAround: number;
}

export class ByteStreamScrubber implements ByteStream, ExchangeHandler {
  readonly #tools: ScrubbingTools;
  readonly #sides: readonly [ScrubbedSide, ScrubbedSide];
  readonly #exchange: UpgradeExchange;
  readonly #carriersAround: number;
  readonly #upgrade = new UpgradeLog();
  /** Looks for frames where the capture began after the handshake. */
  #sniffer: FrameSniffer | null = null;
  /** Rewrites the bytes that go to a carrier, once one has begun; null where that carrier can't be rewritten. */
  #carrier: CarrierScrubber | null = null;
  /** Rewrites the bytes inside that carrier. */
  #inside: ByteStreamScrubber | null = null;
  #opening: 'handshake' | 'inferred' | null = null;
  /** Shared by both directions of its frames. */
  #mqtt: MqttTalk | null = null;
  #client: Direction = 0;
  /**
   * During a call of `gap`: the direction, where it is not the WebSocket's yet and http/ reports the missing
   * bytes.
   */
  #gapIn: Direction | null = null;

  /** @param streams take what is written */
  constructor(
    streams: Streams,
    tools: ScrubbingTools,
    { isFromStart, isNamedPort, carriersAround, server }: Beginning,
  ) {
    const { httpBudget, endpoints, carriers } = tools;
    this.#tools = tools;
    this.#carriersAround = carriersAround;
    const [first, second] = streams;
    this.#sides = [new ScrubbedSide(first, endpoints), new ScrubbedSide(second, endpoints)];
    if (!isFromStart) {
      this.#sniffer = new FrameSniffer(isNamedPort);
      for (const { spans } of this.#sides) spans.hold();
    }
    this.#exchange = new UpgradeExchange(this, isFromStart, httpBudget, {
      carriers: carriersAround < MAX_CARRIERS ? carriers : [],
      spans: [this.#sides[0].spans, this.#sides[1].spans],
      server: isFromStart ? server : null,
    });
  }

  /** Messages that inflate to more than wscap follows: the messages that replace them don't. */
  get tooLongMessages(): number {
    const own = this.#sides.reduce((sum, { frames }) => sum + (frames?.tooLong ?? 0), 0);
    return own + (this.#inside?.tooLongMessages ?? 0);
  }

  // From TCP, or a carrier.

  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const side = this.#sides[direction];
    side.received(end - start);
    if (side.frames !== null) {
      side.frames.parser.push(bytes, start, end, packet, seconds, nanoseconds);
      return;
    }
    if (this.#opening === 'inferred') {
      // http/ does not read a WebSocket that has already begun.
      side.spans.span('unread', bytes, start, end);
    } else {
      this.#exchange.data(direction, bytes, start, end, packet, seconds, nanoseconds);
    }
    if (!this.#upgrade.isTried && this.#sniffer !== null) {
      this.#sniff(direction, bytes, start, end, packet, seconds, nanoseconds);
    }
    this.#release();
  }

  gap(direction: Direction, length: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    const side = this.#sides[direction];
    if (length !== 'unknown') side.received(length);
    if (side.frames !== null) {
      side.frames.parser.gap(length, packet, seconds, nanoseconds);
      return;
    }
    this.#gapIn = direction;
    this.#sniffer?.gap(direction);
    if (this.#opening === 'inferred') side.spans.missing(length);
    else this.#exchange.gap(direction, length, packet, seconds, nanoseconds);
    this.#gapIn = null;
    this.#release();
  }

  end(): void {
    // The rest is written when the connection is over: see finish().
  }

  /** The connection has ended: writes what is still held. */
  finish(): void {
    this.#exchange.end();
    this.#inside?.finish();
    for (const direction of [0, 1] as const) {
      this.#sides[direction].end((to) => {
        this.#carrier?.write(direction, to);
      });
    }
  }

  // From the opening handshake.

  upgradeRequested(_from: Direction, request: SeenRequest): void {
    this.#upgrade.request(request);
  }

  upgradeRefused(request: SeenRequest, response: SeenResponse): void {
    this.#upgrade.refused(request, response);
  }

  upgraded(client: Direction, request: SeenRequest | null, response: SeenResponse): void {
    this.#upgrade.upgraded(request, response);
    this.#client = client;
    this.#opening = 'handshake';
  }

  lateRequest(request: SeenRequest): void {
    this.#upgrade.lateRequest(request);
  }

  bytesBeforeResponse(): void {
    // They are rewritten as content, like everything that is not a head.
  }

  webSocketOpen(direction: Direction): void {
    this.#openFrames(direction, 0);
  }

  webSocketData(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#sides[direction].frames!.parser.push(bytes, start, end, packet, seconds, nanoseconds);
  }

  webSocketGap(
    direction: Direction,
    length: GapLength,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    // Where the gap itself opens the WebSocket, http/ has reported it: how many frame bytes it hid is not
    // known.
    const missing = this.#gapIn === direction ? 'unknown' : length;
    this.#sides[direction].frames!.parser.gap(missing, packet, seconds, nanoseconds);
  }

  proxyHeader(): void {
    // http/ reports its bytes as a span.
  }

  notWebSocket(): void {
    // http/ still reports what the bytes are.
  }

  carrierBegins(carrier: Carrier): OpenCarrier {
    this.#sniffer = null;
    if (carrier.openForRewriting === undefined) return this.#unread;
    const { spool, tails } = this.#tools;
    const streams = newStreams(spool, tails);
    const inside = new ByteStreamScrubber(streams, this.#tools, {
      isFromStart: true,
      server: null,
      isNamedPort: false,
      carriersAround: this.#carriersAround + 1,
    });
    const open: OpenForRewriting = (...told) => carrier.openForRewriting!(...told);
    this.#inside = inside;
    this.#carrier = new CarrierScrubber(open, inside, streams, newStreams(spool, tails));
    return this.#carrier.open;
  }

  /** Stands in for a carrier that can't be rewritten: fills its bytes. */
  get #unread(): OpenCarrier {
    return {
      data: (direction, bytes, start, end) => {
        if (start < end) this.#sides[direction].spans.span('unread', bytes, start, end);
      },
      gap: (direction, length) => {
        this.#sides[direction].spans.missing(length);
      },
      end: () => undefined,
      sendTo: () => undefined,
    };
  }

  #sniff(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const sniffer = this.#sniffer!;
    const client = sniffer.push(direction, bytes, start, end, packet, seconds, nanoseconds);
    if (client === null) {
      if (sniffer.isHopeless) this.#sniffer = null;
      return;
    }
    for (const each of [0, 1] as const) {
      const segments = sniffer.hasFrames(each) ? sniffer.take(each) : [];
      if (segments.length === 0) continue;
      if (this.#opening === null) {
        this.#opening = 'inferred';
        this.#client = client;
        this.#exchange.end();
      }
      const length = segments.reduce((sum, segment) => sum + segment.bytes.length, 0);
      const { parser } = this.#openFrames(each, length);
      for (const segment of segments) {
        parser.push(
          segment.bytes,
          0,
          segment.bytes.length,
          segment.packet,
          segment.seconds,
          segment.nanoseconds,
        );
      }
    }
    if (this.#sides.every(({ frames }) => frames !== null)) this.#sniffer = null;
  }

  /** Once no frames can be found any more, the spans are right as they were reported. */
  #release(): void {
    if (this.#sniffer !== null && !this.#upgrade.isTried) return;
    for (const { spans } of this.#sides) spans.release();
  }

  /** @param length so many of the last bytes that were reported are frames already */
  #openFrames(direction: Direction, length: number): FrameScrubber {
    const side = this.#sides[direction];
    const { pseudonyms } = this.#tools.endpoints;
    const frames = new FrameScrubber(direction, side.stream, pseudonyms, this.#reading(direction));
    side.open(frames, length);
    return frames;
  }

  /** In lower case; '' where the 101 selected none. */
  get #subprotocol(): string {
    const response = this.#upgrade.facts()?.response ?? null;
    const selected = response === null ? null : headerValue(response.head, 'sec-websocket-protocol');
    return selected?.toLowerCase() ?? '';
  }

  #reading(direction: Direction): FrameReading {
    const { extensions } = this.#upgrade;
    const role = direction === this.#client ? 'client' : 'server';
    return {
      deflate: extensions?.deflate?.[role] ?? null,
      opaqueBits: opaqueBitsOf(extensions),
      mqtt: (this.#mqtt ??= { isKnown: MQTT_SUBPROTOCOLS.has(this.#subprotocol) }),
      headers: {
        isMasked: role === 'client',
        reservedBits: knownReservedBitsOf(extensions),
        isFromStart: this.#opening === 'handshake',
      },
      budget: this.#tools.inflateBudget,
    };
  }
}
