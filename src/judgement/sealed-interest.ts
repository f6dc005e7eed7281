/** Which TLS connections of a capture get an entry of their own, although nothing of them can be read. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { RuleContext } from './rule-context.ts';
import { isJudgedSealed, looksLikeWebSocket, opensLikeWebSocket, sealedTls } from './sealed.ts';

/**
 * Its port was named, its records look like those of a WebSocket, or it is the connection for HTTP/1.1 alone that a browser
 * opens beside HTTP/2, and begins as a WebSocket does.
 */
export function isOfInterest(
  record: ConnectionRecord,
  { namedPorts, tlsNeighbours }: Pick<RuleContext, 'namedPorts' | 'tlsNeighbours'>,
): boolean {
  const tls = sealedTls(record);
  if (tls === null) return false;
  if (namedPorts.has(record.server.port) || looksLikeWebSocket(tls)) return true;
  const isAlone = tls.hello?.alpn.length !== 0;
  return isAlone && opensLikeWebSocket(tls) && tlsNeighbours.speaksHttp2Elsewhere(record);
}

/** Whether rules that need no content may raise more than information. */
export function mayAccuse(
  record: ConnectionRecord,
  { namedPorts }: Pick<RuleContext, 'namedPorts'>,
): boolean {
  const tls = sealedTls(record);
  return tls === null || isJudgedSealed(tls, namedPorts.has(record.server.port));
}
