/**
 * Reads both directions of a connection up to the upgrade: pairs requests with responses, goes through
 * keep-alive requests, interim responses, refused attempts and CONNECT tunnels, and hands over once a 101
 * makes the connection a WebSocket (RFC 9110 §7.8, §15.2; RFC 6455 §4), or a carrier begins.
 *
 * What follows an upgrade request depends on the answer, so it is kept until the answer has come.
 */
import type { ByteStream, GapLength } from '../carrier/byte-stream.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import { CarrierGate } from './carrier-gate.ts';
import type { ExchangeHandler, SeenRequest, SeenResponse, UnparsedBytes } from './exchange-handler.ts';
import { bodyFraming, isUpgradeRequest, type BodyFraming, type HttpHead } from './head.ts';
import { namesEngineIoSession } from './engine-io-session.ts';
import { HeldBytes } from './held-bytes.ts';
import type { HttpBudget } from './http-budget.ts';
import { reportDropped, reportSome, type HttpSpans } from './http-spans.ts';
import { isWebSocketUpgrade } from './is-web-socket-upgrade.ts';
import { MessageStream } from './message-stream.ts';
import type { ProxyHeader } from './proxy-header.ts';
import { RefusalBody } from './refusal-body.ts';
import { RequestQueue } from './request-queue.ts';
import { restOfHead } from './rest-of-head.ts';
import { looksLikeStart, type NotHttpReason } from './sniff.ts';
import { StreamOwner, type StreamOwnerHost } from './stream-owner.ts';

export type { ExchangeHandler, SeenRequest, SeenResponse, UnparsedBytes } from './exchange-handler.ts';

/**
 * The most tunnels inside each other: deeper ones are not followed.
 * @bound CONNECT tunnels inside each other: {count}
 */
const MAX_TUNNELS = 4;
const NO_CARRIERS: readonly Carrier[] = [];

export interface ExchangeOptions {
  /** The carriers that may begin in place of HTTP; the handler opens them. Default: none. */
  readonly carriers?: readonly Carrier[];
  /** The listeners that get what each byte is, by direction. Default: nobody listens. */
  readonly spans?: readonly [HttpSpans, HttpSpans];
  /** The side that accepted the connection, where both streams are here from their first byte on. */
  readonly server?: Direction | null;
}

/** The state of the exchange. */
type ExchangeState =
  /** Requests and responses are read and paired. */
  | { readonly kind: 'pairing' }
  /**
   * The same, but a response has come before any request: capture may have put packets in the wrong order.
   */
  | { readonly kind: 'early-response'; readonly response: SeenResponse; readonly body: RefusalBody | null }
  /** A 101 came without its request, which may still come. What the server sends is the WebSocket's. */
  | { readonly kind: 'awaiting-request'; readonly client: Direction }
  /** A 101 has come before the end of its request. What follows the request is the WebSocket's. */
  | { readonly kind: 'finishing-request'; readonly client: Direction; readonly within: 'head' | 'body' }
  /** All that comes is the WebSocket's. */
  | { readonly kind: 'web-socket' }
  | { readonly kind: 'stopped' };

const PAIRING: ExchangeState = { kind: 'pairing' };
const WEB_SOCKET: ExchangeState = { kind: 'web-socket' };
const STOPPED: ExchangeState = { kind: 'stopped' };

/** What to do with a direction whose bytes were held back, once the current call is done. */
interface NextStep {
  readonly kind: 'resume' | 'enter-tunnel';
  readonly direction: Direction;
}

export class UpgradeExchange implements StreamOwnerHost {
  readonly #handler: ExchangeHandler;
  readonly #streams: readonly [MessageStream, MessageStream];
  readonly #held: readonly [HeldBytes, HeldBytes];
  /** By direction; null: nobody listens. */
  readonly #spans: readonly [HttpSpans, HttpSpans] | null;
  /** null where no carrier may come. */
  readonly #gate: CarrierGate | null;
  readonly #budget: HttpBudget;
  readonly #isFromStart: boolean;
  readonly #server: Direction | null;
  readonly #requests = new RequestQueue();
  #state: ExchangeState = PAIRING;
  #next: NextStep | null = null;
  /** Bytes are missing, and a response may be among them. */
  #hasGap = false;
  #tunnels = 0;

  /** @param isFromStart the capture holds both streams from their first byte on */
  constructor(
    handler: ExchangeHandler,
    isFromStart: boolean,
    budget: HttpBudget,
    { carriers = NO_CARRIERS, spans, server = null }: ExchangeOptions = {},
  ) {
    this.#handler = handler;
    this.#spans = spans ?? null;
    this.#held = [new HeldBytes(budget), new HeldBytes(budget)];
    this.#budget = budget;
    this.#isFromStart = isFromStart;
    this.#server = server;
    this.#streams = [
      new MessageStream(new StreamOwner(this, 0), isFromStart, budget, spans?.[0]),
      new MessageStream(new StreamOwner(this, 1), isFromStart, budget, spans?.[1]),
    ];
    this.#gate = carriers.length === 0 ? null : this.#newGate(carriers, isFromStart);
  }

  /** Takes the next bytes of a direction. */
  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    if (this.#gate !== null) this.#gate.data(direction, bytes, start, end, packet, seconds, nanoseconds);
    else this.#read(direction, bytes, start, end, packet, seconds, nanoseconds);
  }

  gap(direction: Direction, length: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    if (this.#gate?.gap(direction, length, packet, seconds, nanoseconds) === true) return;
    if (this.#isStopped) {
      this.#spans?.[direction].missing(length);
      return;
    }
    const stream = this.#streams[direction];
    if (!this.#isWebSocket(direction)) {
      if (this.#isFinishingRequest(direction)) {
        this.#loseRequest(direction, length, packet, seconds, nanoseconds);
        return;
      }
      if (stream.isPaused) {
        this.#held[direction].addGap(length, packet, seconds, nanoseconds);
        return;
      }
      this.#hasGap = true;
      // The early response's request is probably among the missing bytes.
      if (this.#state.kind === 'early-response') this.#state = PAIRING;
      stream.gap(length, packet, seconds, nanoseconds);
      this.#resume();
      if (this.#isAwaitingRequest(direction)) this.#openBoth(direction);
      if (!this.#isWebSocket(direction)) return;
      // The gap cut the head of the 101, or swallowed the late request: it ended in the gap, and perhaps the
      // first frames did too.
    }
    this.#handler.webSocketGap(direction, length, packet, seconds, nanoseconds);
  }

  /** What came from this side where a head should be, and is no whole head. */
  unparsed(from: Direction): UnparsedBytes | null {
    return this.#streams[from].unparsed;
  }

  /** The connection has ended: gives back what is kept. */
  end(): void {
    this.#gate?.end();
    this.#stop();
  }

  /** Reads bytes that are not a carrier's. */
  #read(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    let at = start;
    while (!this.#isWebSocket(direction)) {
      if (this.#isStopped) {
        // Nobody reads these bytes any more; the stream reports that to the listener.
        if (this.#spans !== null) this.#streams[direction].push(bytes, at, end, packet, seconds, nanoseconds);
        return;
      }
      const stream = this.#streams[direction];
      if (this.#isAwaitingRequest(direction) && stream.isUnsynchronized && !looksLikeStart(bytes, at, end)) {
        // In mid-stream, only the first bytes can tell a request from a frame.
        this.#openBoth(direction);
        break;
      }
      if (this.#isFinishingRequest(direction, 'head')) {
        const restStart = at;
        at = restOfHead(bytes, at, end);
        if (this.#spans !== null) reportSome(this.#spans[direction], 'unread', bytes, restStart, at);
        if (at < end) this.#openBoth(direction);
        if (at >= end) return;
        continue;
      }
      at = stream.push(bytes, at, end, packet, seconds, nanoseconds);
      this.#resume();
      if (this.#gate?.isAtStart(direction) === true) {
        stream.resume();
        if (at < end) this.data(direction, bytes, at, end, packet, seconds, nanoseconds);
        return;
      }
      if (at >= end) return;
      if (stream.isPaused && this.#isFinishingRequest(direction)) {
        this.#openBoth(direction);
        continue;
      }
      if (stream.isPaused && !this.#isWebSocket(direction)) {
        this.#held[direction].add(bytes, at, end, packet, seconds, nanoseconds);
        return;
      }
    }
    this.#handler.webSocketData(direction, bytes, at, end, packet, seconds, nanoseconds);
  }

  // What the state says. These are methods, because the state changes inside calls.

  get #isStopped(): boolean {
    return this.#state.kind === 'stopped';
  }

  /** The bytes of this direction are the WebSocket's. */
  #isWebSocket(direction: Direction): boolean {
    const state = this.#state;
    if (state.kind === 'awaiting-request' || state.kind === 'finishing-request') {
      return state.client !== direction;
    }
    return state.kind === 'web-socket';
  }

  #isAwaitingRequest(from: Direction): boolean {
    return this.#state.kind === 'awaiting-request' && this.#state.client === from;
  }

  #isFinishingRequest(from: Direction, within?: 'head' | 'body'): boolean {
    const state = this.#state;
    if (state.kind !== 'finishing-request' || state.client !== from) return false;
    return within === undefined || state.within === within;
  }

  // From the streams, by StreamOwner.

  headSeen(
    direction: Direction,
    head: HttpHead,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): BodyFraming | 'pause' | 'search' {
    const { firstPacket, segments, bytes, followsGap } = this.#streams[direction].headArrival;
    const seen = { packet, seconds, nanoseconds, firstPacket, segments, bytes, followsGap };
    return head.kind === 'request'
      ? this.#request(direction, { head, ...seen })
      : this.#response(direction, { head, ...seen });
  }

  proxyHeaderSeen(direction: Direction, header: ProxyHeader): void {
    this.#handler.proxyHeader(header);
    if (this.#gate === null) return;
    this.#gate.restart(direction);
    this.#streams[direction].pause();
  }

  isResponseExpected(from: Direction): boolean {
    // A server of another protocol may greet before the request comes.
    const isGreeting =
      from === this.#server && this.#state.kind === 'pairing' && this.#streams[otherOf(from)].isAtStart;
    return isGreeting || this.#requests.isUpgradeLast(otherOf(from));
  }

  strayPassedOver(length: number, packet: number, seconds: number, nanoseconds: number): void {
    this.#requests.addStray(length, packet, seconds, nanoseconds);
  }

  streamIsNoHttp(direction: Direction, reason: NotHttpReason): void {
    if (this.#state.kind === 'awaiting-request') {
      // Frames came instead of the late request; where they begin is not known.
      this.#openBoth(direction);
      this.#handler.webSocketGap(direction, 'unknown', 0, 0, 0);
      return;
    }
    this.#stop();
    this.#handler.notWebSocket(reason, direction);
  }

  #request(from: Direction, request: SeenRequest): BodyFraming | 'pause' {
    const { head } = request;
    const isUpgrade = isUpgradeRequest(head);
    this.#handler.requestRead?.(isUpgrade);
    if (this.#state.kind === 'awaiting-request') {
      this.#openBoth(from);
      this.#handler.lateRequest(request);
      return 'pause';
    }
    // A client that sends the next request has had the response to the last one; only the capture lacks it.
    if (this.#hasGap) this.#requests.clear();
    this.#requests.add(from, request);
    // What is missing before a request holds no answer to it.
    this.#streams[otherOf(from)].forgetGap();
    if (isUpgrade) this.#handler.upgradeRequested(from, request);
    const framing = bodyFraming(head, null);
    if (this.#state.kind === 'early-response') {
      const { response, body } = this.#state;
      this.#state = PAIRING;
      this.#response(otherOf(from), response, body);
      return framing;
    }
    const dependsOnAnswer = head.method === 'CONNECT' || (isUpgrade && framing.kind === 'none') || head.isCut;
    if (dependsOnAnswer) return 'pause';
    // What follows the body depends on the answer too.
    if (isUpgrade) this.#streams[from].pauseAfterBody();
    return framing;
  }

  /** @param early the body of a response that came before its request */
  #response(
    from: Direction,
    response: SeenResponse,
    early: RefusalBody | null = null,
  ): BodyFraming | 'pause' | 'search' {
    const { status } = response.head;
    if (status >= 100 && status < 200 && status !== 101) return { kind: 'none' };
    // Nothing is sent after an upgrade request before its answer, so a 101 answers the last request.
    if (status === 101) return this.#switchProtocols(from, this.#requests.takeLast(), response);
    const request = this.#requests.takeFirst();
    if (request === null) {
      const mayBeEarly = this.#isFromStart && !this.#hasGap && this.#state.kind === 'pairing';
      if (mayBeEarly)
        this.#state = { kind: 'early-response', response, body: this.#keepBody(from, response) };
      const framing = bodyFraming(response.head, null);
      // Without its request, this may also be the answer to a CONNECT, which has no body.
      return framing.kind === 'until-close' ? 'search' : framing;
    }
    if (request.head.method === 'CONNECT' && status < 300) return this.#openTunnel(from);
    // Only the last request can have paused its stream: answers to earlier pipelined requests change nothing.
    if (this.#requests.isEmpty) this.#next = { kind: 'resume', direction: otherOf(from) };
    if (isUpgradeRequest(request.head)) {
      this.#tellStray();
      this.#handler.upgradeRefused(request, response, early ?? this.#keepBody(from, response));
    } else if (status >= 400 && status < 500 && namesEngineIoSession(request.head.target)) {
      const body = early ?? this.#keepBody(from, response);
      this.#handler.sessionRequestRefused?.(otherOf(from), request, response, body);
    }
    return bodyFraming(response.head, request.head.method);
  }

  /** A listener gets the bytes of the body itself. */
  #keepBody(from: Direction, { head }: SeenResponse): RefusalBody | null {
    if (this.#spans !== null) return null;
    const body = new RefusalBody(head, this.#budget);
    this.#streams[from].keepBody(body);
    return body;
  }

  #openTunnel(from: Direction): 'pause' {
    this.#tunnels++;
    if (this.#tunnels > MAX_TUNNELS) {
      this.#stop();
      this.#handler.notWebSocket('other');
    } else {
      this.#next = { kind: 'enter-tunnel', direction: otherOf(from) };
    }
    return 'pause';
  }

  #switchProtocols(from: Direction, waiting: SeenRequest | null, response: SeenResponse): 'pause' {
    const client = otherOf(from);
    const request = waiting === null ? null : this.#requestBehind(client, waiting);
    if (!isWebSocketUpgrade(request, response)) {
      if (request !== null && isUpgradeRequest(request.head))
        this.#handler.upgradeRefused(request, response, null);
      this.#stop();
      this.#handler.notWebSocket('other-upgrade');
      return 'pause';
    }
    // A client sends no frame before it has its answer, so bytes after a cut head are the rest of that head.
    if (request !== null && isEndCut(request.head)) this.#dropHeld(client);
    const state = this.#stateAfterUpgrade(client, request);
    this.#state = state;
    // Held bytes are read once this call is done. Where the request is not finished, no bytes were held.
    if (state.kind !== 'finishing-request') this.#next = { kind: 'resume', direction: client };
    this.#tellStray();
    this.#handler.upgraded(client, request, response);
    this.#handler.webSocketOpen(from);
    if (state.kind === 'web-socket') this.#handler.webSocketOpen(client);
    return 'pause';
  }

  #stateAfterUpgrade(client: Direction, request: SeenRequest | null): ExchangeState {
    if (request === null) return { kind: 'awaiting-request', client };
    if (isEndCut(request.head)) return { kind: 'finishing-request', client, within: 'head' };
    // After a head without a body, or a whole body, the stream waits; inside a body it reads on.
    const stream = this.#streams[client];
    return stream.isPaused || stream.isUnsynchronized
      ? WEB_SOCKET
      : { kind: 'finishing-request', client, within: 'body' };
  }

  /**
   * A gap inside a request: a body of known length may go on behind it; otherwise the end of the request is
   * lost.
   */
  #loseRequest(
    direction: Direction,
    length: GapLength,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const stream = this.#streams[direction];
    if (this.#isFinishingRequest(direction, 'body')) {
      stream.gap(length, packet, seconds, nanoseconds);
      if (!stream.isUnsynchronized) {
        if (stream.isPaused) this.#openBoth(direction);
        return;
      }
    } else {
      this.#spans?.[direction].missing(length);
    }
    this.#openBoth(direction);
    this.#handler.webSocketGap(direction, 'unknown', packet, seconds, nanoseconds);
  }

  /**
   * Where the answer to a request is missing, the held bytes may begin with another request (no frame begins
   * like one). Then a 101 answers that request.
   */
  #requestBehind(client: Direction, waiting: SeenRequest): SeenRequest {
    let request = waiting;
    while (this.#hasGap && this.#held[client].beginsWithHead && !this.#isStopped) {
      this.#next = { kind: 'resume', direction: client };
      this.#resume();
      const next = this.#requests.takeLast();
      if (next === null) break;
      request = next;
    }
    return request;
  }

  /**
   * The rest of the client's request has come, or will not come: from now on its bytes are the WebSocket's
   * too.
   */
  #openBoth(client: Direction): void {
    this.#state = WEB_SOCKET;
    this.#handler.webSocketOpen(client);
  }

  /** Reads on where bytes were held back for an answer that has now come. */
  #resume(): void {
    const next = this.#next;
    if (next === null) return;
    this.#next = null;
    const { kind, direction } = next;
    if (kind === 'enter-tunnel') {
      for (const each of [0, 1] as const) {
        this.#streams[each].restart();
        this.#gate?.restart(each);
      }
    } else {
      this.#streams[direction].resume();
    }
    for (const { bytes, gap, packet, seconds, nanoseconds } of this.#held[direction].take()) {
      if (gap === null) this.data(direction, bytes, 0, bytes.length, packet, seconds, nanoseconds);
      else this.gap(direction, gap, packet, seconds, nanoseconds);
    }
  }

  #tellStray(): void {
    const stray = this.#requests.takeStray();
    if (stray !== null) this.#handler.bytesBeforeResponse(stray.length, stray.mark);
  }

  #newGate(carriers: readonly Carrier[], isFromStart: boolean): CarrierGate {
    const reader: Pick<ByteStream, 'data'> = {
      data: (...piece) => {
        this.#read(...piece);
      },
    };
    return new CarrierGate(
      carriers,
      isFromStart,
      (...begin) => this.#handler.carrierBegins!(...begin),
      reader,
    );
  }

  #stop(): void {
    this.#state = STOPPED;
    this.#requests.clear();
    for (const stream of this.#streams) stream.stop();
    this.#dropHeld(0);
    this.#dropHeld(1);
  }

  /** Drops, unread, the bytes that were held for an answer. */
  #dropHeld(direction: Direction): void {
    reportDropped(this.#spans?.[direction] ?? null, this.#held[direction].take());
  }
}

/** Bytes behind what was captured of the head may still belong to it. */
function isEndCut({ isCut, isEndKnown }: HttpHead): boolean {
  return isCut && isEndKnown !== true;
}
