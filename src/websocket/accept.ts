/** Sec-WebSocket-Accept from Sec-WebSocket-Key (RFC 6455 §4.2.2, item 5.4). */
import { hash } from 'node:crypto';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** base64(SHA-1(key + GUID)). `key` is the header's value without surrounding white space. */
export function acceptFor(key: string): string {
  // Node's one-shot hash takes strings as UTF-8; the wire's bytes are Latin-1.
  return hash('sha1', Buffer.from(key + GUID, 'latin1'), 'base64');
}
