/**
 * What comes before a WebSocket's first byte, on one connection: heads and tunnels (UpgradeExchange),
 * carriers that begin in between, or, where the capture began later, frames that show a WebSocket
 * (FrameSniffer). Hands over to {@link WebSocketLife}, and gives its part of the record.
 */
import type { ByteSource, ByteStream, GapLength } from '../carrier/byte-stream.ts';
import { MAX_CARRIERS, type Carrier, type OpenCarrier } from '../carrier/carrier.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import { headerValue } from '../http/head.ts';
import type { ProxyHeader } from '../http/proxy-header.ts';
import type { RefusalBody } from '../http/refusal-body.ts';
import {
  UpgradeExchange,
  type ExchangeHandler,
  type SeenRequest,
  type SeenResponse,
  type UnparsedBytes,
} from '../http/upgrade-exchange.ts';
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import { FrameSniffer } from '../websocket/frame-sniffer.ts';
import type { TlsFacts } from '../tls/facts.ts';
import { TlsStream } from '../tls/tls-stream.ts';
import type { CaptureScope } from './capture-scope.ts';
import type { SkipReason } from './connection-events.ts';
import { EarlyBytes } from './early-bytes.ts';
import { interleaved } from './interleaved.ts';
import { PlainAnswerWatch } from './plain-answer-watch.ts';
import type { HandshakeFacts, PlainAnswer } from './record.ts';
import { SessionRefusals } from './session-refusals.ts';
import { TlsTimeline } from './tls-timeline.ts';
import { UpgradeLog } from './upgrade-log.ts';
import type { WebSocketCarrier } from './web-socket-carrier.ts';
import type { WebSocketLife, WebSocketOpening, WebSocketSurroundings } from './web-socket-life.ts';

/** Before the first packet. */
const NOWHERE: PacketMark = { packet: 0, seconds: 0, nanoseconds: 0 };

/** What is around a handshake. */
export interface HandshakeSurroundings extends WebSocketSurroundings {
  readonly carrier: WebSocketCarrier & ByteSource;
  /** A WebSocket begins here. */
  open(opening: WebSocketOpening): WebSocketLife;
  /** The connection is not a WebSocket, or can't be followed. */
  skip(reason: SkipReason): void;
  /** A request was read, whatever it asks for. */
  requested(isUpgrade: boolean): void;
}

export class OpeningHandshake implements ExchangeHandler {
  readonly #around: HandshakeSurroundings;
  /**
   * Takes the bytes of TCP; null once nothing goes through it, because it is large and a WebSocket may live
   * long.
   */
  #outermost: UpgradeExchange | null;
  /** Those inside carriers, from the outside in; the last one reads the heads. null where no carrier is met. */
  #inside: UpgradeExchange[] | null = null;
  /** Brings the bytes that the innermost exchange reads. */
  #source: ByteSource;
  #carriers = 0;
  /** It counts among the connections that are decrypted. */
  #isDecrypted = false;
  /** The innermost TLS; null where there is none. */
  #tls: TlsStream | null = null;
  /** Looks for frames where the capture began after the handshake. */
  #sniffer: FrameSniffer | null;
  #webSocket: WebSocketLife | null = null;
  readonly #early = new EarlyBytes();
  readonly #upgrade = new UpgradeLog();
  /** Made by the first request of Engine.IO that is refused. */
  #sessions: SessionRefusals | null = null;
  #client: Direction | null = null;
  #proxyHeader: ProxyHeader | null = null;
  /** What came in place of an answer, once nothing more comes. */
  #unparsed: UnparsedBytes | null = null;
  readonly #isFromStart: boolean;
  /** The client speaks TLS or HTTP/2: waits for the server's first bytes. */
  #watch: PlainAnswerWatch | null = null;
  #watchedReason: SkipReason = 'tls';
  /** The connection was skipped after such a wait. */
  #isOver = false;
  #plainAnswer: PlainAnswer | null = null;
  /** The packet with the first bytes of the connection. */
  #begin: PacketMark = NOWHERE;

  /** @param originator who sent the SYN; null where the capture does not hold both streams from their first byte on */
  constructor(around: HandshakeSurroundings, originator: Direction | null) {
    const { scope, carrier } = around;
    const isFromStart = originator !== null;
    this.#around = around;
    this.#isFromStart = isFromStart;
    this.#source = carrier;
    this.#sniffer = isFromStart ? null : new FrameSniffer(isNamedPort(scope, carrier));
    this.#outermost = new UpgradeExchange(this, isFromStart, scope.httpBudget, {
      carriers: scope.carriers,
      server: originator === null ? null : otherOf(originator),
    });
  }

  /** The direction of the client's bytes; null while nothing shows it. */
  get client(): Direction | null {
    return this.#client ?? this.#tls?.client ?? null;
  }

  /** null where no TLS was spoken; `client` is the direction of the client's bytes. */
  tlsFacts(client: Direction): TlsFacts | null {
    return this.#tls?.facts(client) ?? null;
  }

  /** The connection speaks TLS. */
  get isTls(): boolean {
    return this.#tls !== null;
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
    const { lifecycle } = this.#around;
    if (this.#watch !== null || this.#plainAnswer !== null) {
      this.#watchAnswer(direction, bytes, start, end, packet, seconds, nanoseconds);
      // What TLS reads while it is watched is its own.
      if (this.#tls === null || this.#plainAnswer !== null) return;
    }
    if (lifecycle.opened?.how === 'inferred') {
      this.#sniff(direction, bytes, start, end, packet, seconds, nanoseconds);
      return;
    }
    if (this.#begin === NOWHERE) this.#begin = { packet, seconds, nanoseconds };
    this.#outermost!.data(direction, bytes, start, end, packet, seconds, nanoseconds);
    if (this.#isAllOpen && this.#carriers === 0) this.#endExchanges();
    if (lifecycle.isTried) {
      if (direction === this.#client && lifecycle.opened === null) this.#noteEarly(direction, packet);
    } else if (this.#sniffer !== null) {
      this.#sniff(direction, bytes, start, end, packet, seconds, nanoseconds);
    }
  }

  gap(direction: Direction, length: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    if (this.#carriers === 0 && this.#webSocket?.isOpen(direction) === true) {
      this.#webSocket.gap(direction, length, packet, seconds, nanoseconds);
      return;
    }
    if (this.#watch !== null) this.#stopWatching();
    if (this.#plainAnswer !== null || this.#isOver) return;
    this.#sniffer?.gap(direction);
    if (this.#around.lifecycle.opened?.how === 'inferred') return;
    this.#outermost!.gap(direction, length, packet, seconds, nanoseconds);
  }

  /** The connection has ended: gives back what is kept. */
  end(): void {
    if (this.#watch !== null) this.#stopWatching();
    this.#unparsed = this.#unparsedNow();
    this.#endExchanges();
    if (this.#isDecrypted) this.#around.scope.decrypted--;
    this.#isDecrypted = false;
    this.#countAsHidden();
  }

  // From the exchange.

  requestRead(isUpgrade: boolean): void {
    this.#around.requested(isUpgrade);
  }

  upgradeRequested(from: Direction, request: SeenRequest): void {
    this.#around.events.upgradeRequested();
    this.#client = from;
    this.#early.clear();
    this.#upgrade.request(request, this.#around.carrier.nextOffset(from));
    this.#addRequest(from, request);
  }

  upgradeRefused(request: SeenRequest, response: SeenResponse, body: RefusalBody | null): void {
    const end = this.#around.carrier.nextOffset(otherOf(this.#client!));
    this.#upgrade.refused(request, response, end, body);
    this.#addResponse(response, 'refusal');
  }

  sessionRequestRefused(
    from: Direction,
    request: SeenRequest,
    response: SeenResponse,
    body: RefusalBody | null,
  ): void {
    this.#client ??= from;
    this.#sessions ??= new SessionRefusals();
    this.#sessions.refused(request, response, body);
  }

  upgraded(client: Direction, request: SeenRequest | null, response: SeenResponse): void {
    // A request that was cut may not say what it asks for; then the 101 says it.
    if (request !== null && request !== this.#upgrade.lastRequest) this.upgradeRequested(client, request);
    this.#client = client;
    const responseEnd = this.#around.carrier.nextOffset(otherOf(client));
    if (this.#hasClientLeft(client, response, responseEnd)) {
      // Nobody is there any more for whom it could open a WebSocket.
      this.#upgrade.upgradedTooLate(request, response, responseEnd);
      this.#addToTimeline(response);
      return;
    }
    this.#upgrade.upgraded(request, response, responseEnd);
    this.#webSocket = this.#around.open({
      how: 'handshake',
      at: markOf(response),
      client,
      extensions: this.#upgrade.extensions,
      earlyUntilPacket: this.#early.untilPacket(responseEnd),
      application: {
        subprotocol: headerValue(response.head, 'sec-websocket-protocol'),
        target: request?.head.target ?? null,
      },
    });
    this.#addResponse(response, 'upgrade');
  }

  lateRequest(request: SeenRequest): void {
    this.#around.events.upgradeRequested();
    this.#upgrade.lateRequest(request);
    this.#addRequest(this.#client!, request);
  }

  bytesBeforeResponse(length: number, mark: PacketMark): void {
    this.#upgrade.bytesBeforeResponse(length, mark);
  }

  webSocketOpen(direction: Direction): void {
    this.#webSocket?.open(direction, this.#source);
    // All that comes is TLS: TCP hands it over itself.
    if (this.#webSocket !== null) this.#sendToTls(direction);
  }

  #sendAllToTls(): void {
    this.#watch = null;
    this.#sendToTls(0);
    this.#sendToTls(1);
  }

  #sendToTls(direction: Direction): void {
    if (this.#tls === null || this.#carriers !== 1) return;
    this.#around.carrier.sendTo(direction, this.#tls.sinkOf(direction));
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
    this.#webSocket?.data(direction, bytes, start, end, packet, seconds, nanoseconds);
  }

  webSocketGap(
    direction: Direction,
    length: GapLength,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#webSocket?.gap(direction, length, packet, seconds, nanoseconds);
  }

  proxyHeader(header: ProxyHeader): void {
    this.#proxyHeader = header;
  }

  notWebSocket(reason: SkipReason, from?: Direction): void {
    // A connection that tried an upgrade before, or whose session was refused, stays in the report, whatever came after.
    if (this.#around.lifecycle.isTried || this.isSessionRefused) return;
    const isOther = reason === 'tls' || reason === 'http2';
    if (isOther && from !== undefined && this.#isFirstWord(from)) {
      this.#watch = new PlainAnswerWatch(reason, from, this.#begin);
      this.#watchedReason = reason;
    } else {
      this.#around.skip(reason);
    }
  }

  /** From now on bytes go to the carrier, and the bytes inside the carrier go to another exchange. */
  carrierBegins(carrier: Carrier, from: Direction, isLate: boolean): OpenCarrier {
    const { scope } = this.#around;
    const isFirstWord = this.#isFirstWord(from);
    this.#carriers++;
    const inner = this.#carriers < MAX_CARRIERS ? scope.carriers : [];
    const exchange = new UpgradeExchange(this, true, scope.httpBudget, { carriers: inner });
    (this.#inside ??= []).push(exchange);
    this.#sniffer = null;
    const inside: ByteStream = {
      data: (...piece) => {
        exchange.data(...piece);
      },
      gap: (...gap) => {
        exchange.gap(...gap);
      },
      // Memory that is held is given back when the connection ends.
      end: () => undefined,
    };
    const open = carrier.open(inside, isLate);
    this.#source = open;
    if (open instanceof TlsStream) this.#tlsBegins(open, isFirstWord ? from : null);
    return open;
  }

  /** @param client where its first bytes are the first of the connection */
  #tlsBegins(tls: TlsStream, client: Direction | null): void {
    this.#tls = tls;
    tls.listener = new TlsTimeline(this.#around.timeline, () => {
      // Nothing but headers of records will be read.
      if (!tls.isRead) this.#sendAllToTls();
      else if (!this.#isDecrypted) {
        this.#isDecrypted = true;
        this.#around.scope.decrypted++;
      }
    });
    if (tls.isLate) {
      tls.assumeClient(this.#likelyClient());
      this.#sendAllToTls();
    }
    if (client !== null) this.#watch = new PlainAnswerWatch('tls', client, this.#begin);
  }

  /** Where neither SYN nor handshake is in the capture: who has the higher port. */
  #likelyClient(): Direction {
    const { carrier } = this.#around;
    return carrier.endpoint(0).port < carrier.endpoint(1).port ? 1 : 0;
  }

  /** Inside TLS, without its keys, there may have been a WebSocket. */
  #countAsHidden(): void {
    const tls = this.#tls;
    if (tls === null || tls.isRead || this.#plainAnswer !== null) return;
    if (!this.#around.lifecycle.isTried && !this.isSessionRefused) this.#around.events.skipped('tls');
  }

  /** A server did not know the session of Engine.IO that a request named. */
  get isSessionRefused(): boolean {
    return (this.#sessions?.facts ?? null) !== null;
  }

  /** The client began with TLS or HTTP/2, and the server answered in plain text. */
  get isAnsweredInPlain(): boolean {
    return this.#plainAnswer !== null;
  }

  // Its part of the record.

  facts(): HandshakeFacts {
    const { carrier } = this.#around;
    const client = this.#client;
    const upgrade =
      client === null ? null : this.#upgrade.facts(carrier.endOf(client), carrier.endOf(otherOf(client)));
    return {
      upgrade:
        upgrade?.response === null
          ? { ...upgrade, unparsed: this.#unparsed ?? this.#unparsedNow() }
          : upgrade,
      refusedBefore: this.#upgrade.refusedBefore,
      proxyHeader: this.#proxyHeader,
      plainAnswer: this.#plainAnswer,
      sessionRefusals: this.#sessions?.facts ?? null,
    };
  }

  #unparsedNow(): UnparsedBytes | null {
    const exchange = this.#inside?.at(-1) ?? this.#outermost;
    return this.#client === null ? null : (exchange?.unparsed(otherOf(this.#client)) ?? null);
  }

  /** This side opened the connection, the capture has it from its first byte on, and the other side has sent nothing. */
  #isFirstWord(from: Direction): boolean {
    const { carrier } = this.#around;
    return this.#isFromStart && this.#carriers === 0 && carrier.nextOffset(otherOf(from)) === 0;
  }

  #watchAnswer(...piece: Parameters<PlainAnswerWatch['push']>): void {
    const found = this.#watch?.push(...piece) ?? 'more';
    if (found === 'more') return;
    if (found === 'no') this.#stopWatching();
    else {
      this.#watch = null;
      this.#plainAnswer = found;
    }
  }

  /** Nothing shows that the server speaks anything else. */
  #stopWatching(): void {
    this.#watch = null;
    if (this.#tls !== null) return;
    this.#isOver = true;
    this.#around.skip(this.#watchedReason);
  }

  get #isAllOpen(): boolean {
    return this.#webSocket !== null && this.#webSocket.isOpen(0) && this.#webSocket.isOpen(1);
  }

  #endExchanges(): void {
    this.#outermost?.end();
    for (const exchange of this.#inside ?? []) exchange.end();
    this.#outermost = null;
    this.#inside = null;
  }

  /** A packet of the client came while its request had no answer. */
  #noteEarly(direction: Direction, packet: number): void {
    const { carrier } = this.#around;
    // What a packet acknowledged is no longer known if its bytes had to wait for others.
    if (packet !== carrier.lastPacket) return;
    this.#early.add(packet, carrier.acknowledgedOffset(otherOf(direction)));
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
    const takenOf = (each: Direction) =>
      sniffer.hasFrames(each) ? sniffer.take(each).map((segment) => ({ direction: each, ...segment })) : [];
    const held = interleaved(takenOf(0), takenOf(1));
    const [first] = held;
    if (first === undefined) return;
    const webSocket = this.#webSocket ?? this.#infer(client, first);
    for (const { direction: of, bytes: heldBytes, ...at } of held) {
      webSocket.open(of, this.#source);
      webSocket.data(of, heldBytes, 0, heldBytes.length, at.packet, at.seconds, at.nanoseconds);
    }
    if (this.#isAllOpen) this.#sniffer = null;
  }

  /** The bytes are frames, although the handshake is not in the capture. */
  #infer(client: Direction, first: PacketMark): WebSocketLife {
    const { lifecycle } = this.#around;
    this.#endExchanges();
    this.#client = client;
    this.#webSocket = this.#around.open({
      how: 'inferred',
      at: markOf(first),
      client,
      extensions: this.#upgrade.extensions,
      earlyUntilPacket: 0,
      application: null,
    });
    lifecycle.advance('frames', first.packet, first.seconds, first.nanoseconds);
    return this.#webSocket;
  }

  #addRequest(direction: Direction, { head, packet, seconds, nanoseconds }: SeenRequest): void {
    const { timeline, lifecycle } = this.#around;
    const detail = `${head.method} ${head.target} HTTP/${head.version}`;
    timeline.add('request', direction, packet, seconds, nanoseconds, { detail });
    lifecycle.advance('request', packet, seconds, nanoseconds);
  }

  #addResponse(response: SeenResponse, event: 'refusal' | 'upgrade'): void {
    this.#addToTimeline(response);
    this.#around.lifecycle.advance(event, response.packet, response.seconds, response.nanoseconds);
  }

  #addToTimeline({ head, packet, seconds, nanoseconds }: SeenResponse): void {
    const direction = otherOf(this.#client!);
    const detail = `HTTP/${head.version} ${head.status} ${head.reason}`.trimEnd();
    const { timeline } = this.#around;
    timeline.add('response', direction, packet, seconds, nanoseconds, { code: head.status, detail });
  }

  /**
   * The client's FIN or RST came before the 101. Where it acknowledges the 101, capture put the two in the wrong
   * order.
   */
  #hasClientLeft(client: Direction, response: SeenResponse, responseEnd: number): boolean {
    const end = this.#around.carrier.endOf(client);
    return end !== null && end.mark.packet < response.packet && end.acknowledges < responseEnd;
  }
}

/** The user says that a server behind this port speaks WebSocket. */
function isNamedPort({ ports }: CaptureScope, carrier: WebSocketCarrier): boolean {
  if (ports.size === 0) return false;
  return ([0, 1] as const).some((direction) => ports.has(carrier.endpoint(direction).port));
}
