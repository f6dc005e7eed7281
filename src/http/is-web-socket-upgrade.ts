/** Whether a 101 opens a WebSocket (RFC 6455 §4.2.2), from what there is of the heads. */
import type { SeenRequest, SeenResponse } from './exchange-handler.ts';
import { hasHeaderToken, headerCount, headerTokens, isUpgradeRequest } from './head.ts';

export function isWebSocketUpgrade(request: SeenRequest | null, response: SeenResponse): boolean {
  const { head } = response;
  // The draft hixie-76 has other frames: they are not read.
  if (headerCount(head, 'sec-websocket-location') > 0 && headerCount(head, 'sec-websocket-accept') === 0)
    return false;
  if (hasHeaderToken(head, 'upgrade', 'websocket') || headerCount(head, 'sec-websocket-accept') > 0)
    return true;
  // A server that names another protocol speaks that protocol, whatever the request asked for.
  if (headerTokens(head, 'upgrade').length > 0) return false;
  if (request !== null && isUpgradeRequest(request.head)) return true;
  // The capture cut the heads short: nothing in the rest of them speaks against a WebSocket.
  return head.isCut && (request === null || request.head.isCut);
}
