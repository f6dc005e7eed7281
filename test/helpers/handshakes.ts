/** Text of opening handshakes. Key and accept are those of RFC 6455 §1.3. */

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** Start line and header lines as a head. */
export function lines(...texts: readonly string[]): string {
  return `${texts.join('\r\n')}\r\n\r\n`;
}

export function upgradeRequest(target = '/chat', ...more: readonly string[]): string {
  return lines(
    `GET ${target} HTTP/1.1`,
    'Host: server.example.com',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
    ...more,
  );
}

export function switchingProtocols(...more: readonly string[]): string {
  return lines(
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${ACCEPT}`,
    ...more,
  );
}
