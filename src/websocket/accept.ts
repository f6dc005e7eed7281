/** Sec-WebSocket-Accept from Sec-WebSocket-Key (RFC 6455 §4.2.2, item 5.4). */
import { sha1OfLatin1 } from '#platform/sha1';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** base64(SHA-1(key + GUID)). `key` is the header's value without surrounding white space. */
export function acceptFor(key: string): string {
  return sha1OfLatin1(key + GUID);
}
