/** Whether an upgrade request has the form that RFC 6455 §4.1 and §4.2.1 demand. */
import { hasHeaderToken, headerCount, headerValue, type RequestHead } from '../http/head.ts';

/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

export function isValidKey(key: string): boolean {
  return KEY.test(key);
}

/** As nearly all requests are. This makes no list of what is wrong. */
export function isValidRequest(head: RequestHead): boolean {
  return (
    head.method === 'GET' &&
    head.version >= '1.1' &&
    headerCount(head, 'host') === 1 &&
    hasHeaderToken(head, 'upgrade', 'websocket') &&
    hasHeaderToken(head, 'connection', 'upgrade') &&
    !hasHeaderToken(head, 'connection', 'close') &&
    headerCount(head, 'sec-websocket-version') === 1 &&
    headerValue(head, 'sec-websocket-version') === '13' &&
    headerCount(head, 'sec-websocket-key') === 1 &&
    isValidKey(headerValue(head, 'sec-websocket-key') ?? '')
  );
}
