/** Both streams of a connection speak to one exchange: what each says, with its direction. */
import type { Direction } from '../basics/direction.ts';
import type { BodyFraming, HttpHead } from './head.ts';
import type { MessageHandler } from './message-stream.ts';
import type { ProxyHeader } from './proxy-header.ts';
import type { NotHttpReason } from './sniff.ts';

/** As {@link MessageHandler}, of either direction. */
export interface StreamOwnerHost {
  headSeen(
    direction: Direction,
    head: HttpHead,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): BodyFraming | 'pause' | 'search';
  proxyHeaderSeen(direction: Direction, header: ProxyHeader): void;
  isResponseExpected(from: Direction): boolean;
  strayPassedOver(length: number, packet: number, seconds: number, nanoseconds: number): void;
  streamIsNoHttp(direction: Direction, reason: NotHttpReason): void;
}

/** Tells the exchange which of its streams speaks: one small object, where closures would be five for each stream. */
export class StreamOwner implements MessageHandler {
  readonly #exchange: StreamOwnerHost;
  readonly #direction: Direction;

  constructor(exchange: StreamOwnerHost, direction: Direction) {
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
    this.#exchange.proxyHeaderSeen(this.#direction, header);
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
