/**
 * Rewrites both directions of a connection: HTTP by http-scrubber.ts, a WebSocket by frame-scrubber.ts.
 * Parses nothing: the code that an analysis uses says what each byte is (UpgradeExchange and FrameParser),
 * and where the WebSocket begins (UpgradeExchange, and FrameSniffer where the capture begins later).
 */
import { UpgradeLog } from '../connection/upgrade-log.ts';
import type { GapLength } from '../carrier/byte-stream.ts';
import type { Direction } from '../basics/direction.ts';
import type { HttpBudget } from '../http/http-budget.ts';
import {
  UpgradeExchange,
  type ExchangeHandler,
  type SeenRequest,
  type SeenResponse,
} from '../http/upgrade-exchange.ts';
import type { StreamConsumer } from '../tcp/stream-consumer.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import { PERMESSAGE_DEFLATE } from '../websocket/extensions.ts';
import { FrameSniffer } from '../websocket/frame-sniffer.ts';
import type { InflateBudget } from '../websocket/inflate-budget.ts';
import { FrameScrubber, type FrameReading } from './frame-scrubber.ts';
import { HeldSpans } from './held-spans.ts';
import { HttpScrubber } from './http-scrubber.ts';
import type { Endpoints } from './proxy-header.ts';
import { RewrittenStream, type TailBudget } from './rewritten-stream.ts';
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
}

const ALL = 7;
/** Replaces bytes about which nothing was reported. */
const CONTENT = 0xff;

class Side {
  readonly stream: RewrittenStream;
  /** What http/ reports about the bytes goes through here. */
  readonly spans: HeldSpans;
  readonly #http: HttpScrubber;
  /** Rewrites the frames, once the direction is the WebSocket's. */
  frames: FrameScrubber | null = null;
  /** Bytes of the stream so far, including missing ones. */
  #received = 0;

  constructor({ spool, tails, endpoints }: ScrubbingTools) {
    this.stream = new RewrittenStream(spool, tails);
    this.#http = new HttpScrubber(this.stream, endpoints);
    this.spans = new HeldSpans(this.#http);
  }

  received(length: number): void {
    this.#received += length;
  }

  /** The last `length` bytes that were reported, and all that follow, are frames. */
  open(frames: FrameScrubber, length: number): void {
    this.spans.releaseAllBut(length);
    this.#http.end();
    this.frames = frames;
  }

  end(): void {
    this.spans.release();
    this.#http.end();
    this.frames?.end();
    this.stream.fill(CONTENT, this.#received - this.stream.end);
    this.stream.flush();
  }
}

export class ConnectionScrubber implements StreamConsumer, ExchangeHandler {
  readonly #connection: TcpConnection;
  readonly #tools: ScrubbingTools;
  readonly #sides: readonly [Side, Side];
  readonly #upgrade = new UpgradeLog();
  #exchange: UpgradeExchange | null = null;
  /** Looks for frames where the capture began after the handshake. */
  #sniffer: FrameSniffer | null = null;
  #opening: 'handshake' | 'inferred' | null = null;
  #client: Direction = 0;
  /**
   * During a call of `gap`: the direction, where it is not the WebSocket's yet and http/ reports the missing
   * bytes.
   */
  #gapIn: Direction | null = null;
  #isEnded = false;

  constructor(connection: TcpConnection, tools: ScrubbingTools) {
    this.#connection = connection;
    this.#tools = tools;
    this.#sides = [new Side(tools), new Side(tools)];
  }

  get streams(): readonly [RewrittenStream, RewrittenStream] {
    return [this.#sides[0].stream, this.#sides[1].stream];
  }

  /** Messages that inflate to more than wscap follows: the messages that replace them don't. */
  get tooLongMessages(): number {
    return this.#sides.reduce((sum, { frames }) => sum + (frames?.tooLong ?? 0), 0);
  }

  // From TCP.

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
      this.#begun().data(direction, bytes, start, end, packet, seconds, nanoseconds);
    }
    if (!this.#upgrade.isTried && this.#sniffer !== null) {
      this.#sniff(direction, bytes, start, end, packet, seconds, nanoseconds);
    }
    this.#release();
  }

  gap(direction: Direction, length: number, packet: number, seconds: number, nanoseconds: number): void {
    const side = this.#sides[direction];
    side.received(length);
    if (side.frames !== null) {
      side.frames.parser.gap(length, packet, seconds, nanoseconds);
      return;
    }
    this.#gapIn = direction;
    this.#sniffer?.gap(direction);
    if (this.#opening === 'inferred') side.spans.missing(length);
    else this.#begun().gap(direction, length, packet, seconds, nanoseconds);
    this.#gapIn = null;
    this.#release();
  }

  flag(): void {
    // Flags carry no bytes.
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#exchange?.end();
    for (const side of this.#sides) side.end();
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

  /** The exchange, made with the first bytes. */
  #begun(): UpgradeExchange {
    if (this.#exchange !== null) return this.#exchange;
    const isFromStart = this.#connection.originator !== null;
    const { httpBudget, ports } = this.#tools;
    if (!isFromStart) {
      const isNamed = ([0, 1] as const).some((each) => ports.has(this.#connection.endpoint(each).port));
      this.#sniffer = new FrameSniffer(isNamed);
      for (const { spans } of this.#sides) spans.hold();
    }
    const [first, second] = this.#sides;
    this.#exchange = new UpgradeExchange(this, isFromStart, httpBudget, {
      spans: [first.spans, second.spans],
    });
    return this.#exchange;
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
        this.#exchange!.end();
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

  /** The same decisions as in openings.ts. */
  #reading(direction: Direction): FrameReading {
    const { extensions } = this.#upgrade;
    const role = direction === this.#client ? 'client' : 'server';
    const isKnown =
      extensions !== null &&
      extensions.names.every((name) => name === PERMESSAGE_DEFLATE) &&
      (extensions.names.length === 0 || extensions.deflate !== null);
    return {
      deflate: extensions?.deflate?.[role] ?? null,
      opaqueBits: isKnown ? 0 : ALL,
      isFromStart: this.#opening === 'handshake',
      budget: this.#tools.inflateBudget,
    };
  }
}
