/**
 * Finds connections that begin with the same two sequence numbers at the same time: one connection, captured before and behind an
 * address translation. Both numbers are random, so two connections share them by chance in one of 2^64 cases.
 */
import type { Segment } from '../decode/segment.ts';
import { otherOf } from '../basics/direction.ts';
import type { TcpConnection } from './tcp-connection.ts';

/**
 * Connections that began last and are looked through. At the bound the oldest is forgotten.
 * @bound connections among which the other side of an address translation is looked for: {count}
 */
const MAX_RECENT = 1024;
/** A SYN/ACK passes a translation in less time. */
const SECONDS = 2;

export class TwinLog {
  /** In the order in which they began, by both numbers. */
  readonly #recent = new Map<string, TcpConnection>();

  /** The SYN/ACK of a connection, sent by this rank. */
  answered(connection: TcpConnection, rank: 0 | 1, { sequence }: Segment): void {
    const { initialSequence } = connection.stream(otherOf(rank === connection.rankOf0 ? 0 : 1));
    // Numbers that count from the connection's begin (0, 1) are alike in all connections.
    if (initialSequence === null || isRelative(initialSequence) || isRelative(sequence)) return;
    const key = `${initialSequence} ${sequence}`;
    const twin = this.#recent.get(key);
    if (twin === undefined) {
      this.#recent.set(key, connection);
      if (this.#recent.size > MAX_RECENT) this.#recent.delete(this.#recent.keys().next().value!);
    } else if (twin !== connection && connection.first.seconds - twin.first.seconds <= SECONDS) {
      connection.twin = twin.id;
      twin.twin = connection.id;
    }
  }
}

function isRelative(sequence: number): boolean {
  return sequence === 0 || sequence === 1;
}
