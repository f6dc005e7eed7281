/** Who looks on while a connection is followed, to say later what its server speaks. It changes nothing. */
import type { Direction } from '../basics/direction.ts';

/** What the connection turned out to be, when it is over or nobody follows it any more. */
export interface SeenConnection {
  /** The direction of the client's bytes; null where neither its SYN nor its bytes show it. */
  readonly client: Direction | null;
  /** A WebSocket opened, by its 101 or by frames. */
  readonly isWebSocket: boolean;
}

export interface Onlooker {
  /**
   * It wants to see more bytes. A connection that is not a WebSocket is followed as long as this is true; then
   * it is left alone.
   */
  readonly wantsMore: boolean;
  /** The next bytes of a direction, in order, while no WebSocket is open. Valid until the call returns. */
  data(direction: Direction, bytes: Uint8Array, start: number, end: number): void;
  /** A request of HTTP/1.x was read. */
  requested(isUpgrade: boolean): void;
  /** Called once, at the end. */
  over(seen: SeenConnection): void;
}
