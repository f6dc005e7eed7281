/**
 * Both directions of a connection up to the upgrade: pairs requests with responses, passes through keep-alive
 * requests, interim responses, refused attempts and CONNECT tunnels, and hands over once a 101 makes it a WebSocket
 * (RFC 9110 §7.8, §15.2; RFC 6455 §4).
 *
 * What follows an upgrade request depends on the answer: it is kept until that has come.
 */
import { otherOf, type Direction } from '../basics/direction.ts';
import {
  bodyFraming,
  hasHeaderToken,
  headerCount,
  headerTokens,
  isUpgradeRequest,
  type BodyFraming,
  type HttpHead,
  type RequestHead,
  type ResponseHead,
} from './head.ts';
import { HeldBytes } from './held-bytes.ts';
import type { HttpBudget } from './http-budget.ts';
import { reportDropped, reportSome, type HttpSpans } from './http-spans.ts';
import { MessageStream, type MessageHandler } from './message-stream.ts';
import type { ProxyHeader } from './proxy-header.ts';
import { looksLikeStart, type NotHttpReason } from './sniff.ts';
import { restOfHead } from './rest-of-head.ts';

/** A head and the packet that completed it. */
export interface SeenHead<T extends HttpHead> {
  readonly head: T;
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

export type SeenRequest = SeenHead<RequestHead>;
export type SeenResponse = SeenHead<ResponseHead>;

export interface StrayMark {
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

export interface ExchangeHandler {
  /** A request asks for a WebSocket; its sender is the client. */
  upgradeRequested(from: Direction, request: SeenRequest): void;
  /**
   * It was answered by something else than a 101, or by one to another protocol than WebSocket (which
   * `notWebSocket` then follows).
   */
  upgradeRefused(request: SeenRequest, response: SeenResponse): void;
  /** A 101 opens the WebSocket; `request` is null where it was not captured (it may yet come: reordering). */
  upgraded(from: Direction, request: SeenRequest | null, response: SeenResponse): void;
  /**
   * Bytes that the server sent between an upgrade request and the head that answers it, and that are no HTTP; `mark` is
   * where the first was captured. Comes right before that answer's `upgraded` or `upgradeRefused`.
   */
  bytesBeforeResponse(length: number, mark: StrayMark): void;
  /** The request of an upgrade that was already reported without it. */
  lateRequest(request: SeenRequest): void;
  /** Bytes after the opening handshake, those that came with it. The view is valid until the call returns. */
  webSocketData(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void;
  webSocketGap(
    direction: Direction,
    length: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void;
  /** From the next segment on, a direction's bytes and gaps need not pass through here any more. */
  webSocketOpen(direction: Direction): void;
  proxyHeader(header: ProxyHeader): void;
  /** This connection is no WebSocket, or not one that can be followed. */
  notWebSocket(reason: NotHttpReason | 'other-upgrade'): void;
}

/** Requests without an answer at once; more are not pipelined by anyone, and the oldest are forgotten. */
const MAX_OUTSTANDING = 64;
/** A tunnel in a tunnel in a tunnel: deeper ones are not followed. */
const MAX_TUNNELS = 4;

export class UpgradeExchange {
  readonly #handler: ExchangeHandler;
  readonly #streams: readonly [MessageStream, MessageStream];
  readonly #held: readonly [HeldBytes, HeldBytes];
  /** By direction; null: nobody asks what each byte is. */
  readonly #spans: readonly [HttpSpans, HttpSpans] | null;
  readonly #isFromStart: boolean;
  /** Directions whose bytes are the WebSocket's. */
  readonly #isRaw: [boolean, boolean] = [false, false];
  #outstanding: SeenRequest[] = [];
  /** Bytes are missing, and a response may be among them. */
  #hasGap = false;
  #tunnels = 0;
  #isStopped = false;
  /** A 101 came without its request; that may still come where capture put packets in the wrong order. */
  #awaitsLateRequest = false;
  /** Answered by a 101, but of its request there is more to come: what follows that is the WebSocket's. */
  #requestGoesOn: { readonly from: Direction; readonly inHead: boolean } | null = null;
  /** Likewise, another response than a 101. */
  #earlyResponse: SeenResponse | null = null;
  /** The direction whose held bytes can be read once the current call is done, and whether a tunnel begins there. */
  #resuming: Direction | null = null;
  #isTunnelOpening = false;
  /** Who asked for the upgrade that is last in `#outstanding`. */
  #upgradeFrom: Direction | null = null;
  /** What came in place of its answer, so far. */
  #stray: { length: number; readonly mark: StrayMark } | null = null;

  /** @param isFromStart the capture holds both streams from their first byte on */
  constructor(
    handler: ExchangeHandler,
    isFromStart: boolean,
    budget: HttpBudget,
    spans: readonly [HttpSpans, HttpSpans] | null = null,
  ) {
    this.#handler = handler;
    this.#spans = spans;
    this.#held = [new HeldBytes(budget), new HeldBytes(budget)];
    this.#isFromStart = isFromStart;
    this.#streams = [
      new MessageStream(new StreamOwner(this, 0), isFromStart, budget, spans?.[0]),
      new MessageStream(new StreamOwner(this, 1), isFromStart, budget, spans?.[1]),
    ];
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
    let at = start;
    while (!this.#isWebSocket(direction)) {
      if (this.#isStopped) {
        // Nobody reads them any more, which is what a listener is told.
        if (this.#spans !== null) this.#streams[direction].push(bytes, at, end, packet, seconds, nanoseconds);
        return;
      }
      const stream = this.#streams[direction];
      if (this.#awaitsLateRequest && stream.isUnsynchronized && !looksLikeStart(bytes, at, end)) {
        // In mid-stream a request can be told from a frame by its first bytes alone.
        this.#awaitsLateRequest = false;
        this.#open(direction);
        break;
      }
      if (this.#requestGoesOn?.from === direction && this.#requestGoesOn.inHead) {
        const restStart = at;
        at = restOfHead(bytes, at, end);
        if (this.#spans !== null) reportSome(this.#spans[direction], 'unread', bytes, restStart, at);
        if (at < end) this.#endRequest(direction);
        if (at >= end) return;
        continue;
      }
      at = stream.push(bytes, at, end, packet, seconds, nanoseconds);
      this.#resume();
      if (at >= end) return;
      if (this.#requestGoesOn?.from === direction && stream.isPaused) {
        this.#endRequest(direction);
        continue;
      }
      if (stream.isPaused && !this.#isWebSocket(direction)) {
        this.#held[direction].add(bytes, at, end, packet, seconds, nanoseconds);
        return;
      }
    }
    this.#handler.webSocketData(direction, bytes, at, end, packet, seconds, nanoseconds);
  }

  gap(direction: Direction, length: number, packet: number, seconds: number, nanoseconds: number): void {
    if (this.#isStopped) {
      this.#spans?.[direction].missing(length);
      return;
    }
    const stream = this.#streams[direction];
    if (!this.#isWebSocket(direction)) {
      if (this.#requestGoesOn?.from === direction) {
        this.#loseRequest(direction, length, packet, seconds, nanoseconds);
        return;
      }
      if (stream.isPaused) {
        this.#held[direction].addGap(length, packet, seconds, nanoseconds);
        return;
      }
      this.#hasGap = true;
      // The request that it seemed to be ahead of is among what is missing.
      this.#earlyResponse = null;
      stream.gap(length, packet, seconds, nanoseconds);
      this.#resume();
      if (this.#awaitsLateRequest) {
        this.#awaitsLateRequest = false;
        this.#open(direction);
      }
      if (!this.#isWebSocket(direction)) return;
      // The gap cut the head of the 101 or took the late request: that ended in it, and so may have the first frames.
    }
    this.#handler.webSocketGap(direction, length, packet, seconds, nanoseconds);
  }

  /** The connection has ended: gives back what is kept. */
  end(): void {
    this.#stop();
  }

  /** A method, for it changes inside calls. */
  #isWebSocket(direction: Direction): boolean {
    return this.#isRaw[direction];
  }

  // From the streams, by StreamOwner.

  headSeen(
    direction: Direction,
    head: HttpHead,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): BodyFraming | 'pause' | 'search' {
    return head.kind === 'request'
      ? this.#request(direction, { head, packet, seconds, nanoseconds })
      : this.#response(direction, { head, packet, seconds, nanoseconds });
  }

  proxyHeaderSeen(header: ProxyHeader): void {
    this.#handler.proxyHeader(header);
  }

  isResponseExpected(from: Direction): boolean {
    return this.#isUpgradeOutstanding(otherOf(from));
  }

  strayPassedOver(length: number, packet: number, seconds: number, nanoseconds: number): void {
    this.#stray ??= { length: 0, mark: { packet, seconds, nanoseconds } };
    this.#stray.length += length;
  }

  streamIsNoHttp(direction: Direction, reason: NotHttpReason): void {
    this.#notHttp(direction, reason);
  }

  #request(from: Direction, request: SeenRequest): BodyFraming | 'pause' {
    const { head } = request;
    if (this.#awaitsLateRequest) {
      this.#awaitsLateRequest = false;
      this.#open(from);
      this.#handler.lateRequest(request);
      return 'pause';
    }
    // Who sends the next request has the response to the last one, if only the capture lacks it.
    if (this.#hasGap) this.#outstanding = [];
    if (this.#outstanding.length >= MAX_OUTSTANDING) this.#outstanding.shift();
    this.#outstanding.push(request);
    const isUpgrade = isUpgradeRequest(head);
    if (isUpgrade) {
      this.#upgradeFrom = from;
      this.#stray = null;
      this.#handler.upgradeRequested(from, request);
    }
    const framing = bodyFraming(head, null);
    const early = this.#earlyResponse;
    if (early !== null) {
      this.#earlyResponse = null;
      this.#response(otherOf(from), early);
      return framing;
    }
    const dependsOnAnswer = head.method === 'CONNECT' || (isUpgrade && framing.kind === 'none') || head.isCut;
    if (dependsOnAnswer) return 'pause';
    // Behind its body too.
    if (isUpgrade) this.#streams[from].pauseAfterBody();
    return framing;
  }

  #response(from: Direction, response: SeenResponse): BodyFraming | 'pause' | 'search' {
    const { status } = response.head;
    if (status >= 100 && status < 200 && status !== 101) return { kind: 'none' };
    // Nothing is sent after a request to upgrade: a 101 answers the last one.
    if (status === 101) return this.#switchProtocols(from, this.#outstanding.pop() ?? null, response);
    const request = this.#outstanding.shift() ?? null;
    if (request === null) {
      if (this.#isFromStart && !this.#hasGap) this.#earlyResponse ??= response;
      const framing = bodyFraming(response.head, null);
      // Without its request it may as well be the answer to a CONNECT, which has no body.
      return framing.kind === 'until-close' ? 'search' : framing;
    }
    // Only the last request can have paused its stream: answers to pipelined ones before it change nothing.
    if (this.#outstanding.length === 0) this.#resuming = otherOf(from);
    if (request.head.method === 'CONNECT' && status < 300) return this.#openTunnel();
    if (isUpgradeRequest(request.head)) {
      this.#tellStray();
      this.#handler.upgradeRefused(request, response);
    }
    return bodyFraming(response.head, request.head.method);
  }

  #openTunnel(): 'pause' {
    this.#tunnels++;
    if (this.#tunnels > MAX_TUNNELS) {
      this.#stop();
      this.#handler.notWebSocket('other');
    } else {
      this.#isTunnelOpening = true;
    }
    return 'pause';
  }

  #switchProtocols(from: Direction, waiting: SeenRequest | null, response: SeenResponse): 'pause' {
    const client = otherOf(from);
    const request = waiting === null ? null : this.#requestBehind(client, waiting);
    if (!isWebSocketUpgrade(request, response)) {
      if (request !== null && isUpgradeRequest(request.head)) this.#handler.upgradeRefused(request, response);
      this.#stop();
      this.#handler.notWebSocket('other-upgrade');
      return 'pause';
    }
    // A client sends no frame before it has its answer: what came after a cut head is the rest of that head.
    if (request?.head.isCut === true) this.#dropHeld(client);
    this.#awaitsLateRequest = request === null;
    this.#requestGoesOn = request === null ? null : this.#restOfRequest(client, request);
    if (this.#requestGoesOn === null) this.#resuming = client;
    this.#tellStray();
    this.#handler.upgraded(client, request, response);
    this.#open(from);
    if (!this.#awaitsLateRequest && this.#requestGoesOn === null) this.#open(client);
    return 'pause';
  }

  /** What of the request may come after its answer. */
  #restOfRequest(from: Direction, request: SeenRequest): { from: Direction; inHead: boolean } | null {
    if (request.head.isCut) return { from, inHead: true };
    // Behind a head alone, or a whole body, it waits; in between it reads on.
    const stream = this.#streams[from];
    return stream.isPaused || stream.isUnsynchronized ? null : { from, inHead: false };
  }

  #endRequest(direction: Direction): void {
    this.#requestGoesOn = null;
    this.#open(direction);
  }

  /** A gap where the request goes on: a body whose length is known may go on behind it, anything else is lost. */
  #loseRequest(
    direction: Direction,
    length: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const stream = this.#streams[direction];
    if (this.#requestGoesOn?.inHead === false) {
      stream.gap(length, packet, seconds, nanoseconds);
      if (!stream.isUnsynchronized) {
        if (stream.isPaused) this.#endRequest(direction);
        return;
      }
    } else {
      this.#spans?.[direction].missing(length);
    }
    this.#endRequest(direction);
    this.#handler.webSocketGap(direction, Infinity, packet, seconds, nanoseconds);
  }

  /**
   * Where the answer to a request is missing, what was held for it may begin with another request (no frame begins
   * like one): then a 101 answers that.
   */
  #requestBehind(client: Direction, waiting: SeenRequest): SeenRequest {
    let request = waiting;
    while (this.#hasGap && this.#held[client].beginsWithHead && !this.#isStopped) {
      this.#resuming = client;
      this.#resume();
      const next = this.#outstanding.pop();
      if (next === undefined) break;
      request = next;
    }
    return request;
  }

  /** A direction is the WebSocket's from here on. */
  #open(direction: Direction): void {
    this.#isRaw[direction] = true;
    this.#handler.webSocketOpen(direction);
  }

  /** Reads on where bytes were held back for an answer that has now come. */
  #resume(): void {
    const direction = this.#resuming;
    if (direction === null) return;
    this.#resuming = null;
    if (this.#isTunnelOpening) {
      this.#isTunnelOpening = false;
      for (const stream of this.#streams) stream.restart();
    } else {
      this.#streams[direction].resume();
    }
    for (const { bytes, gap, packet, seconds, nanoseconds } of this.#held[direction].take()) {
      if (gap > 0) this.gap(direction, gap, packet, seconds, nanoseconds);
      else this.data(direction, bytes, 0, bytes.length, packet, seconds, nanoseconds);
    }
  }

  /** Nothing is sent after a request to upgrade: where one waits, it is the last. */
  #isUpgradeOutstanding(from: Direction): boolean {
    const last = this.#outstanding.at(-1);
    return last !== undefined && this.#upgradeFrom === from && isUpgradeRequest(last.head);
  }

  #tellStray(): void {
    if (this.#stray !== null) this.#handler.bytesBeforeResponse(this.#stray.length, this.#stray.mark);
    this.#stray = null;
  }

  #notHttp(direction: Direction, reason: NotHttpReason): void {
    if (this.#awaitsLateRequest) {
      // What came instead of the late request are frames; where they begin is lost.
      this.#awaitsLateRequest = false;
      this.#open(direction);
      this.#handler.webSocketGap(direction, Infinity, 0, 0, 0);
      return;
    }
    this.#stop();
    this.#handler.notWebSocket(reason);
  }

  #stop(): void {
    this.#isStopped = true;
    this.#outstanding = [];
    for (const stream of this.#streams) stream.stop();
    this.#dropHeld(0);
    this.#dropHeld(1);
  }

  /** What was held for an answer is not read. */
  #dropHeld(direction: Direction): void {
    reportDropped(this.#spans?.[direction] ?? null, this.#held[direction].take());
  }
}

/** Tells the exchange which of its streams speaks: one small object, where closures would be five for each stream. */
class StreamOwner implements MessageHandler {
  readonly #exchange: UpgradeExchange;
  readonly #direction: Direction;

  constructor(exchange: UpgradeExchange, direction: Direction) {
    this.#exchange = exchange;
    this.#direction = direction;
  }

  head(
    head: HttpHead,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): BodyFraming | 'pause' | 'search' {
    return this.#exchange.headSeen(this.#direction, head, packet, seconds, nanoseconds);
  }

  proxyHeader(header: ProxyHeader): void {
    this.#exchange.proxyHeaderSeen(header);
  }

  expectsResponse(): boolean {
    return this.#exchange.isResponseExpected(this.#direction);
  }

  passedOver(length: number, packet: number, seconds: number, nanoseconds: number): void {
    this.#exchange.strayPassedOver(length, packet, seconds, nanoseconds);
  }

  notHttp(reason: NotHttpReason): void {
    this.#exchange.streamIsNoHttp(this.#direction, reason);
  }
}

function isWebSocketUpgrade(request: SeenRequest | null, response: SeenResponse): boolean {
  const { head } = response;
  if (hasHeaderToken(head, 'upgrade', 'websocket') || headerCount(head, 'sec-websocket-accept') > 0)
    return true;
  // A server that names another protocol speaks that, whatever it was asked for.
  if (headerTokens(head, 'upgrade').length > 0) return false;
  if (request !== null && isUpgradeRequest(request.head)) return true;
  // The capture cut the heads short: what is left of them says nothing against it.
  return head.isCut && (request === null || request.head.isCut);
}
