/**
 * Both directions of a connection, rewritten: what is HTTP by http-scrubber.ts, what is a WebSocket by
 * frame-scrubber.ts. Where the one becomes the other is not decided here: the code that an analysis uses decides it
 * (UpgradeExchange, and FrameSniffer where the capture begins later), and this counts the bytes that it hands on.
 */
import { UpgradeLog } from '../connection/upgrade-log.ts';
import type { GapLength } from '../carrier/byte-stream.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import type { HttpBudget } from '../http/http-budget.ts';
import { bodyFraming, isUpgradeRequest, type BodyFraming, type HttpHead } from '../http/head.ts';
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

/** Bytes held back of a direction until it is known what they are; beyond it the oldest go as what they look like. */
const MAX_PENDING = 512 * 1024;
/** What the sniffer may still claim of the bytes that it has seen. */
const SNIFFED = 256 * 1024;
const MAX_OUTSTANDING = 64;
const ALL = 7;
/** In place of what is not read. */
const CONTENT = 0xff;

interface Piece {
  /** Empty for a gap. */
  readonly bytes: Uint8Array;
  readonly gap: number;
}

class Side {
  readonly stream: RewrittenStream;
  readonly pending: Piece[] = [];
  pendingBytes = 0;
  http!: HttpScrubber;
  frames: FrameScrubber | null = null;
  /** Bytes of its stream so far, gaps included; where its frames begin, once that is known. */
  total = 0;
  boundary = Infinity;
  isLost = false;
  /** In the current call: bytes that were handed on as the WebSocket's. */
  handedOn = 0;
  /** Bytes of the stream that are not pending any more. */
  written = 0;
  /** What its HTTP is to do before it goes on. */
  next: 'restart' | 'stop' | null = null;

  constructor(stream: RewrittenStream) {
    this.stream = stream;
  }
}

interface Outstanding {
  readonly method: string;
  readonly isUpgrade: boolean;
}

export class ConnectionScrubber implements StreamConsumer, ExchangeHandler {
  readonly streams: readonly [RewrittenStream, RewrittenStream];
  readonly #connection: TcpConnection;
  readonly #tools: ScrubbingTools;
  readonly #sides: readonly [Side, Side];
  readonly #upgrade = new UpgradeLog();
  #exchange: UpgradeExchange | null = null;
  #sniffer: FrameSniffer | null = null;
  #opening: 'handshake' | 'inferred' | null = null;
  #client: Direction = 0;
  #outstanding: Outstanding[] = [];
  #upgradeFrom: Direction | null = null;
  /** Bytes before the WebSocket are missing, and an answer may be among them. */
  #hasGap = false;
  #isEnded = false;

  constructor(connection: TcpConnection, tools: ScrubbingTools) {
    this.#connection = connection;
    this.#tools = tools;
    this.streams = [
      new RewrittenStream(tools.spool, tools.tails),
      new RewrittenStream(tools.spool, tools.tails),
    ];
    this.#sides = [new Side(this.streams[0]), new Side(this.streams[1])];
  }

  /** Messages that inflate to more than wscap follows: what stands in their place doesn't. */
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
    side.total += end - start;
    if (side.frames !== null) {
      side.frames.push(bytes, start, end);
      return;
    }
    this.#begin();
    this.#hold(side, { bytes: new Uint8Array(bytes.subarray(start, end)), gap: 0 });
    if (this.#opening !== 'inferred') {
      this.#exchange!.data(direction, bytes, start, end, packet, seconds, nanoseconds);
    }
    if (!this.#upgrade.isTried && this.#sniffer !== null) {
      this.#sniff(direction, bytes, start, end, packet, seconds, nanoseconds);
    }
    this.#settle();
  }

  gap(direction: Direction, length: number, packet: number, seconds: number, nanoseconds: number): void {
    const side = this.#sides[direction];
    side.total += length;
    if (side.frames !== null) {
      side.frames.gap(length);
      return;
    }
    this.#begin();
    this.#hasGap = true;
    this.#hold(side, { bytes: new Uint8Array(0), gap: length });
    this.#sniffer?.gap(direction);
    if (this.#opening !== 'inferred') {
      this.#exchange!.gap(direction, length, packet, seconds, nanoseconds);
    }
    this.#settle();
  }

  flag(): void {
    // Flags carry no bytes.
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#exchange?.end();
    this.#sniffer = null;
    this.#settle();
    for (const side of this.#sides) {
      // What was waiting for an answer that never came.
      for (const { bytes, gap } of side.pending) {
        if (gap > 0) side.stream.skip(gap);
        else side.stream.fill(CONTENT, bytes.length);
      }
      (side.frames ?? (this.#exchange === null ? null : side.http))?.end();
      side.stream.flush();
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
    // Content, like all that is no head.
  }

  webSocketOpen(direction: Direction): void {
    // Where it begins is known at the end of the call, when all that was held is handed on.
    this.#sides[direction].boundary = -1;
  }

  webSocketData(direction: Direction, _bytes: Uint8Array, start: number, end: number): void {
    this.#sides[direction].handedOn += end - start;
  }

  webSocketGap(direction: Direction, length: GapLength): void {
    if (length === 'unknown') this.#sides[direction].isLost = true;
    else this.#sides[direction].handedOn += length;
  }

  proxyHeader(): void {
    // HttpScrubber meets it too.
  }

  notWebSocket(): void {
    // As far as it is HTTP that can be read, it is read; an analysis looks no further.
  }

  #begin(): void {
    if (this.#exchange !== null) return;
    const isFromStart = this.#connection.originator !== null;
    const { httpBudget, endpoints, ports } = this.#tools;
    if (!isFromStart) {
      const isNamed = ([0, 1] as const).some((each) => ports.has(this.#connection.endpoint(each).port));
      this.#sniffer = new FrameSniffer(isNamed);
    }
    this.#exchange = new UpgradeExchange(this, isFromStart, httpBudget);
    for (const direction of [0, 1] as const) {
      const side = this.#sides[direction];
      side.http = new HttpScrubber(
        side.stream,
        {
          head: (head) => this.#head(direction, head),
          expectsResponse: () =>
            this.#outstanding.at(-1)?.isUpgrade === true && this.#upgradeFrom === otherOf(direction),
        },
        endpoints,
        isFromStart,
      );
    }
  }

  #hold(side: Side, piece: Piece): void {
    side.pending.push(piece);
    side.pendingBytes += piece.bytes.length;
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
      if (!sniffer.hasFrames(each)) continue;
      const side = this.#sides[each];
      side.boundary = -1;
      side.handedOn = sniffer.take(each).reduce((sum, segment) => sum + segment.bytes.length, 0);
    }
    if (this.#opening === null) {
      this.#opening = 'inferred';
      this.#client = client;
      this.#exchange!.end();
    }
    if (this.#sides.every(({ boundary }) => boundary !== Infinity)) this.#sniffer = null;
  }

  /** Writes what is known by now. */
  #settle(): void {
    for (const side of this.#sides) {
      if (side.boundary === -1) side.boundary = side.total - side.handedOn;
      side.handedOn = 0;
    }
    // What one side's head says may let the other one go on.
    let before: number;
    do {
      before = this.#sides[0].written + this.#sides[1].written;
      this.#write(this.#sides[0]);
      this.#write(this.#sides[1]);
    } while (this.#sides[0].written + this.#sides[1].written > before);
  }

  #write(side: Side): void {
    const { pending } = side;
    while (pending.length > 0) {
      if (side.frames === null && side.written >= side.boundary) this.#openFrames(side);
      const { bytes, gap } = pending[0]!;
      const taken =
        side.frames === null ? this.#writeHttp(side, bytes, gap) : writeFrames(side.frames, bytes, gap);
      side.written += taken;
      if (gap === 0) side.pendingBytes -= taken;
      if (taken === bytes.length + gap) pending.shift();
      else if (taken === 0) return;
      else pending[0] = gap > 0 ? { bytes, gap: gap - taken } : { bytes: bytes.subarray(taken), gap: 0 };
    }
    if (side.frames === null && side.written >= side.boundary) this.#openFrames(side);
  }

  /** Returns how many of the bytes, present or missing, it took: none where they have to wait. */
  #writeHttp(side: Side, bytes: Uint8Array, gap: number): number {
    const { http, next } = side;
    if (this.#isHeldBack(side)) return 0;
    side.next = null;
    if (next === 'restart') http.restart();
    else if (next === 'stop') http.stop();
    // What comes before the frames is read, whatever it waits for; more than may wait is let go.
    if (http.isPaused && (side.boundary !== Infinity || side.pendingBytes > MAX_PENDING)) http.stop();
    if (http.isPaused) return 0;
    const length = Math.min(bytes.length + gap, side.boundary - side.written);
    if (gap === 0) return http.push(bytes, 0, length);
    http.gap(length);
    return length;
  }

  /** The sniffer may yet find that these are frames. */
  #isHeldBack(side: Side): boolean {
    return (
      this.#sniffer !== null &&
      !this.#upgrade.isTried &&
      side.boundary === Infinity &&
      side.pendingBytes <= SNIFFED
    );
  }

  #openFrames(side: Side): void {
    side.http.end();
    const direction: Direction = side === this.#sides[0] ? 0 : 1;
    side.frames = new FrameScrubber(side.stream, this.#tools.endpoints.pseudonyms, this.#reading(direction));
    if (side.isLost) side.frames.lose();
  }

  /** As openings.ts has it. */
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

  // From the heads. As upgrade-exchange.ts pairs them.

  #head(from: Direction, head: HttpHead): BodyFraming | 'pause' | 'search' {
    if (head.kind === 'response') return this.#response(from, head);
    if (this.#hasGap) this.#outstanding = [];
    if (this.#outstanding.length >= MAX_OUTSTANDING) this.#outstanding.shift();
    const isUpgrade = isUpgradeRequest(head);
    this.#outstanding.push({ method: head.method, isUpgrade });
    if (isUpgrade) this.#upgradeFrom = from;
    const framing = bodyFraming(head, null);
    if (head.method === 'CONNECT' || (isUpgrade && framing.kind === 'none') || head.isCut) return 'pause';
    if (isUpgrade) this.#sides[from].http.pauseAfterBody();
    return framing;
  }

  #response(from: Direction, head: HttpHead & { kind: 'response' }): BodyFraming | 'pause' | 'search' {
    const { status } = head;
    if (status >= 100 && status < 200 && status !== 101) return { kind: 'none' };
    if (status === 101) {
      // Whether it opens a WebSocket is known by now; otherwise nothing that follows is read.
      if (this.#opening === null) for (const side of this.#sides) side.next = 'stop';
      return 'pause';
    }
    const request = this.#outstanding.shift();
    const other = this.#sides[otherOf(from)].http;
    if (request === undefined) {
      const framing = bodyFraming(head, null);
      return framing.kind === 'until-close' ? 'search' : framing;
    }
    if (request.method === 'CONNECT' && status < 300) {
      other.restart();
      this.#sides[from].next = 'restart';
      return 'pause';
    }
    if (this.#outstanding.length === 0) other.resume();
    return bodyFraming(head, request.method);
  }
}

function writeFrames(frames: FrameScrubber, bytes: Uint8Array, gap: number): number {
  if (gap > 0) frames.gap(gap);
  else frames.push(bytes, 0, bytes.length);
  return bytes.length + gap;
}
