/** Of the connections over which no byte was sent, finds the few that a rule may name. */
import { otherOf, type Direction } from '../basics/direction.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';

/**
 * Whether a rule may have something to say about a connection without bytes; `ender` sent the first FIN or
 * RST.
 */
export function isUnopenedOfNote(connection: TcpConnection, ender: Direction | null): boolean {
  const { originator, streams } = connection;
  if (originator === null || streams[0].streamBytes > 0 || streams[1].streamBytes > 0) return false;
  const called = streams[otherOf(originator)];
  if (called.syn !== null) return ender !== null && ender !== originator;
  return called.rst !== null || isUnanswered(connection, originator);
}

/**
 * An answer may have so many bytes that is a 101 and nothing else: the shortest one with an accept, and one with many cookies.
 * @bound bytes of an answer, of which no byte is known, that may be a 101: {bytes}
 */
const MAX_ANSWER = 1024;
const SHORTEST_ANSWER = 97;

/**
 * Whether no byte of the connection is known, and `ender`, which did not open it, ended it after so few bytes that they may be a 101.
 */
export function mayBeAnswerThenEnd({ originator, streams }: TcpConnection, ender: Direction | null): boolean {
  if (ender === null || ender === originator) return false;
  const answer = streams[ender];
  const request = streams[otherOf(ender)];
  const isUnknown = answer.gapBytes === answer.streamBytes && request.gapBytes === request.streamBytes;
  return isUnknown && answer.streamBytes >= SHORTEST_ANSWER && answer.streamBytes <= MAX_ANSWER;
}

/** The SYN was sent again and again, and nothing came back. */
function isUnanswered({ streams }: TcpConnection, originator: Direction): boolean {
  const { syns, undelivered } = streams[originator];
  return !streams[otherOf(originator)].isCaptured && (syns > 1 || undelivered !== null);
}
