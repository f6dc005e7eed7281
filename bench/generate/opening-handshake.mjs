import { createHash } from 'node:crypto';

const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const VARIANTS = 512;
const PATHS = ['/chat', '/socket', '/live/quotes', '/ws?room=42', '/api/v2/stream', '/notifications'];

/**
 * Requests and responses of the opening handshake (RFC 6455, section 4). A few hundred pairs, each with its own
 * Sec-WebSocket-Key, are made in advance and reused: the hash would cost more than everything else.
 * @param {import('./random.mjs').Random} random
 * @param {boolean} withDeflate both sides agree on permessage-deflate
 * @returns {{request: Buffer, response: Buffer}[]}
 */
export function openingHandshakes(random, withDeflate) {
  const extension = withDeflate ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : '';
  return Array.from({ length: VARIANTS }, () => {
    const key = random.bytes(16).toString('base64');
    const accept = createHash('sha1')
      .update(key + ACCEPT_GUID)
      .digest('base64');
    const request =
      `GET ${random.pick(PATHS)} HTTP/1.1\r\n` +
      'Host: realtime.example.com\r\n' +
      'Connection: Upgrade\r\n' +
      'Upgrade: websocket\r\n' +
      'Origin: http://app.example.com\r\n' +
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/126.0\r\n' +
      'Sec-WebSocket-Version: 13\r\n' +
      `Sec-WebSocket-Key: ${key}\r\n` +
      extension +
      '\r\n';
    const response =
      'HTTP/1.1 101 Switching Protocols\r\n' +
      'Upgrade: websocket\r\n' +
      'Connection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n` +
      extension +
      '\r\n';
    return { request: Buffer.from(request), response: Buffer.from(response) };
  });
}
