/**
 * Connections that are over and wait for late packets (retransmissions, a RST after the FIN), in the order in
 * which they closed. A connection has waited long enough when LINGER_SECONDS of the capture's time have
 * passed without a packet of it. In a capture of many packets a second, or without times, LINGER_PACKETS
 * packets of the capture are enough.
 */
import type { TcpConnection } from './tcp-connection.ts';
import type { TupleState } from './tuple-state.ts';

/**
 * A sender waits 0.2 s before it sends again, and then twice as long each time: 25.6 s before the eighth
 * time. What comes after a longer silence is rarely of interest, and a person who watches a running analysis
 * waits as long for the verdict.
 * @bound how long a closed connection waits for late packets: {seconds} of the capture
 */
export const LINGER_SECONDS = 30;
/**
 * Bounds how many closed connections are kept.
 * @bound how long a closed connection waits for late packets: at most {count} packets
 */
export const LINGER_PACKETS = 20_000;

/** Larger than any packet number: a packet with this number never comes. */
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
  /** Entries that were taken leave null behind, so that the garbage collector can free them. */
  #entries: (ClosedConnection | null)[] = [];
  #head = 0;

  add(closed: ClosedConnection): void {
    this.#entries.push(closed);
  }

  /** The packet at which the next connection is due at the latest. */
  get nextDuePacket(): number {
    const next = this.#entries[this.#head] ?? null;
    return next === null ? NEVER : next.packet + LINGER_PACKETS;
  }

  /** Takes the next connection out, if it is due; null where none is due. */
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
