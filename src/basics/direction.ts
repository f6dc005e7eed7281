/**
 * A direction of a connection: 0 for bytes sent by the sender of its first captured packet, 1 for the other side's.
 * TCP does not say which of them is the client.
 */
export type Direction = 0 | 1;

export function otherOf(direction: Direction): Direction {
  return direction === 0 ? 1 : 0;
}
