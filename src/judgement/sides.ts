/** Rules that ask the same of either side. */
import type { ConnectionRecord, TcpSideFacts, WebSocketSideFacts } from '../connection/record.ts';
import type { Finding } from './rule.ts';

/** What is said of the client, then of the server; `other` is the side across. */
export function eachSide(
  { clientSide, serverSide }: ConnectionRecord,
  tell: (side: WebSocketSideFacts, other: WebSocketSideFacts) => Finding | null,
): Finding | readonly Finding[] | null {
  return bothOrOne(tell(clientSide, serverSide), tell(serverSide, clientSide));
}

/** The same of what TCP knows of them. */
export function eachTcpSide(
  { tcp: { client, server } }: ConnectionRecord,
  tell: (side: TcpSideFacts, other: TcpSideFacts) => Finding | null,
): Finding | readonly Finding[] | null {
  return bothOrOne(tell(client, server), tell(server, client));
}

/** No list where there is nothing to say, as of most connections. */
export function bothOrOne(a: Finding | null, b: Finding | null): Finding | readonly Finding[] | null {
  return a !== null && b !== null ? [a, b] : (a ?? b);
}
