/** For rules that ask the same about either side. */
import type { ConnectionRecord, TcpSideFacts, WebSocketSideFacts } from '../connection/record.ts';
import type { Finding } from './rule.ts';

/** The findings about the client, then about the server; `other` is the peer of `side`. */
export function eachSide(
  { clientSide, serverSide }: ConnectionRecord,
  tell: (side: WebSocketSideFacts, other: WebSocketSideFacts) => Finding | null,
): Finding | readonly Finding[] | null {
  return bothOrOne(tell(clientSide, serverSide), tell(serverSide, clientSide));
}

/** The same, with what TCP knows of the two sides. */
export function eachTcpSide(
  { tcp: { client, server } }: ConnectionRecord,
  tell: (side: TcpSideFacts, other: TcpSideFacts) => Finding | null,
): Finding | readonly Finding[] | null {
  return bothOrOne(tell(client, server), tell(server, client));
}

/** A list only where there are two findings: most connections have none. */
export function bothOrOne(a: Finding | null, b: Finding | null): Finding | readonly Finding[] | null {
  return a !== null && b !== null ? [a, b] : (a ?? b);
}
