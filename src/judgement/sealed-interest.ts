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

/**
 * Whether anything may be told of a connection at all. Most connections in TLS are plain HTTPS: they are not even judged.
 */
export function mayBeTold(
  record: ConnectionRecord,
  { namedPorts }: Pick<RuleContext, 'namedPorts'>,
): boolean {
  const { tls, upgrade, opening, plainAnswer, sessionRefusals, server } = record;
  if (tls === null || upgrade !== null || opening !== null) return true;
  if (plainAnswer !== null || sessionRefusals !== null) return true;
  if (tls.completed === null || tls.hiddenAlert !== null) return true;
  if (tls.alerts.some(({ level }) => level === 'fatal')) return true;
  if (tls.undecrypted.some(({ reason }) => reason === 'refused')) return true;
  if (sealedTls(record) === null) return false;
  // One record of the server may be an alert, and so may one of the client.
  const { client, server: answering } = tls.look;
  if (client.records <= 1 || answering.records === 1) return true;
  return namedPorts.has(server.port) || opensLikeWebSocket(tls);
}
