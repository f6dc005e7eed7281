/**
 * Connections that are over and wait for late packets (retransmissions, a RST after the FIN), in the order in which they
 * closed. A connection has waited long enough when so much of the capture's time has passed without a packet of it; in a
 * capture of many packets a second, or without times, when so many packets have.
 */
import type { TcpConnection } from './tcp-connection.ts';
import type { TupleState } from './tuple-state.ts';

/**
 * A sender waits 0.2 s before it sends again, and twice as long each time: after 25.6 s for the eighth time. What comes
 * after a longer silence is rarely of interest, and whoever watches a running analysis waits as long for the verdict.
 */
export const LINGER_SECONDS = 30;
/** Bounds how many closed connections are kept. */
export const LINGER_PACKETS = 20_000;

/** A packet number that does not come: larger than any number of a packet. */
export const NEVER: number = 2 ** 31 - 1;

export interface ClosedConnection {
  readonly tuples: TupleState;
  readonly tuple: number;
  readonly connection: TcpConnection;
  /** Its last packet so far, and the whole second of the capture in which that came. */
  readonly packet: number;
  readonly second: number;
}

export class ClosedQueue {
  /** Taken ones leave null behind: they must not be kept from the garbage collector. */
  #entries: (ClosedConnection | null)[] = [];
  #head = 0;

  add(closed: ClosedConnection): void {
    this.#entries.push(closed);
  }

  /** The packet at which the next one is due at the latest. */
  get nextDuePacket(): number {
    const next = this.#entries[this.#head] ?? null;
    return next === null ? NEVER : next.packet + LINGER_PACKETS;
  }

  /** Takes the next one out, if it is due; null where none is. */
  takeDue(packet: number, second: number): ClosedConnection | null {
    const next = this.#entries[this.#head] ?? null;
    if (next === null || !isDue(next, packet, second)) return null;
    this.#entries[this.#head++] = null;
    if (this.#head > 4096 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return next;
  }

  clear(): void {
    this.#entries = [];
    this.#head = 0;
  }
}

export function isDue(
  closed: Pick<ClosedConnection, 'packet' | 'second'>,
  packet: number,
  second: number,
): boolean {
  return packet >= closed.packet + LINGER_PACKETS || second >= closed.second + LINGER_SECONDS;
}
