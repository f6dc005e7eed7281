/**
 * Finds connections that begin with the same two sequence numbers at the same time: one connection, captured before and behind an
 * address translation. Both numbers are random, so two connections share them by chance in one of 2^64 cases.
 */
import type { Segment } from '../decode/segment.ts';
import { otherOf } from '../basics/direction.ts';
import type { Beginning } from './beginning.ts';
import type { TcpConnection } from './tcp-connection.ts';

/**
 * Connections that began last and are looked through. At the bound the older half is forgotten.
 * @bound connections among which the other side of an address translation is looked for: {count}
 */
const MAX_RECENT = 2048;
/** A SYN/ACK passes a translation in less time. */
const SECONDS = 2;

export class TwinLog {
  /** The latest ones and those before them, by a key of both numbers. Half of the bound each: so nothing has to be deleted singly. */
  #recent = new Map<number, Beginning>();
  #before = new Map<number, Beginning>();

  /** The SYN/ACK of a connection, sent by this rank. */
  answered(connection: TcpConnection, rank: 0 | 1, { sequence }: Segment): void {
    const { initialSequence } = connection.stream(otherOf(rank === connection.rankOf0 ? 0 : 1));
    // Numbers that count from the connection's begin (0, 1) are alike in all connections.
    if (initialSequence === null || isRelative(initialSequence) || isRelative(sequence)) return;
    const key = keyOf(initialSequence, sequence);
    const like = this.#recent.get(key) ?? this.#before.get(key);
    const { id, first } = connection;
    if (like?.ofSyn === initialSequence && like.ofAnswer === sequence) {
      if (like.id === id || first.seconds - like.seconds > SECONDS) return;
      like.twin = id;
      connection.beginning = { ...like, id, seconds: first.seconds, twin: like.id };
      return;
    }
    const beginning = { id, seconds: first.seconds, ofSyn: initialSequence, ofAnswer: sequence, twin: null };
    connection.beginning = beginning;
    this.#recent.set(key, beginning);
    if (this.#recent.size < MAX_RECENT / 2) return;
    this.#before = this.#recent;
    this.#recent = new Map();
  }
}

/** As many bits of both numbers as a number holds: quicker than a text of them. */
function keyOf(ofSyn: number, ofAnswer: number): number {
  return ofSyn * 2 ** 21 + (ofAnswer >>> 11);
}

function isRelative(sequence: number): boolean {
  return sequence === 0 || sequence === 1;
}
