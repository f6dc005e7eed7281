/** Both streams of a connection report to one exchange; this adds the direction to what each reports. */
import type { Direction } from '../basics/direction.ts';
import type { BodyFraming, HttpHead } from './head.ts';
import type { MessageHandler } from './message-stream.ts';
import type { ProxyHeader } from './proxy-header.ts';
import type { NotHttpReason } from './sniff.ts';

/** Like {@link MessageHandler}, for both directions. */
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

/**
 * Tells the exchange which stream reports. One small object; closures would be five objects for each stream.
 */
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
