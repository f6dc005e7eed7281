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

/** The SYN was sent again and again, and nothing came back. */
function isUnanswered({ streams }: TcpConnection, originator: Direction): boolean {
  const { syns, undelivered } = streams[originator];
  return !streams[otherOf(originator)].isCaptured && (syns > 1 || undelivered !== null);
}
