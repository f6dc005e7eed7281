/**
 * The requirements of RFC 6455 on the opening handshake, one by one, and whether each was met. For the reader to look
 * at; the verdict doesn't depend on it.
 */
import type { HeaderLine, UpgradeReport } from '../model.ts';

export interface Check {
  readonly side: 'request' | 'response';
  readonly what: string;
  /** null: not known. */
  readonly isMet: boolean | null;
  /** What was found; wire text. */
  readonly found: string;
}

export function handshakeChecks(upgrade: UpgradeReport): Check[] {
  return [...requestChecks(upgrade), ...responseChecks(upgrade)];
}

function requestChecks({ requestPacket, method, httpVersion, requestHeaders }: UpgradeReport): Check[] {
  if (requestPacket === null) return [];
  const check = (what: string, isMet: boolean | null, found: string): Check => ({
    side: 'request',
    what,
    isMet,
    found,
  });
  const key = valueOf(requestHeaders, 'sec-websocket-key');
  const version = valueOf(requestHeaders, 'sec-websocket-version');
  return [
    check(
      'GET, HTTP/1.1 or newer',
      method === 'GET' && httpVersion !== null && httpVersion !== '1.0' && httpVersion !== '0.9',
      `${method ?? '?'}, HTTP/${httpVersion ?? '?'}`,
    ),
    check('Host', valueOf(requestHeaders, 'host') !== null, valueOf(requestHeaders, 'host') ?? 'missing'),
    tokenCheck('request', 'Upgrade: websocket', requestHeaders, 'upgrade', 'websocket'),
    tokenCheck('request', 'Connection: Upgrade', requestHeaders, 'connection', 'upgrade'),
    check('Sec-WebSocket-Version: 13', version === '13', version ?? 'missing'),
    check('Sec-WebSocket-Key, 16 bytes', key !== null && /^[A-Za-z0-9+/]{22}==$/.test(key), key ?? 'missing'),
  ];
}

function responseChecks(upgrade: UpgradeReport): Check[] {
  const { status, accept, requestHeaders, responseHeaders } = upgrade;
  if (status === null) return [{ side: 'response', what: 'Status 101', isMet: false, found: 'no answer' }];
  const isUpgrade = status === 101;
  const checks: Check[] = [{ side: 'response', what: 'Status 101', isMet: isUpgrade, found: String(status) }];
  if (!isUpgrade) return checks;
  const offered = valueOf(requestHeaders, 'sec-websocket-protocol');
  const chosen = valueOf(responseHeaders, 'sec-websocket-protocol');
  return [
    ...checks,
    tokenCheck('response', 'Upgrade: websocket', responseHeaders, 'upgrade', 'websocket'),
    tokenCheck('response', 'Connection: Upgrade', responseHeaders, 'connection', 'upgrade'),
    {
      side: 'response',
      what: 'Sec-WebSocket-Accept matches the key',
      isMet: accept === 'unknown' || accept === null ? null : accept === 'valid',
      found: accept ?? 'unknown',
    },
    {
      side: 'response',
      what: 'Subprotocol',
      isMet: upgrade.requestPacket === null ? null : subprotocolIsMet(offered, chosen),
      found: chosen ?? (offered === null ? 'none offered' : 'offered, none chosen'),
    },
    {
      side: 'response',
      what: 'No body announced',
      isMet:
        valueOf(responseHeaders, 'content-length') === null &&
        valueOf(responseHeaders, 'transfer-encoding') === null,
      found:
        valueOf(responseHeaders, 'transfer-encoding') ?? valueOf(responseHeaders, 'content-length') ?? 'none',
    },
  ];
}

function subprotocolIsMet(offered: string | null, chosen: string | null): boolean {
  if (chosen === null) return offered === null;
  return tokens(offered ?? '').includes(chosen.trim().toLowerCase());
}

function tokenCheck(
  side: Check['side'],
  what: string,
  headers: readonly HeaderLine[],
  name: string,
  token: string,
): Check {
  const value = valueOf(headers, name);
  return { side, what, isMet: value !== null && tokens(value).includes(token), found: value ?? 'missing' };
}

function tokens(value: string): string[] {
  return value.split(',').map((token) => token.trim().toLowerCase());
}

/** All values of a header that occurs several times. */
function valueOf(headers: readonly HeaderLine[], name: string): string | null {
  const values = headers.filter((header) => header.name.toLowerCase() === name).map(({ value }) => value);
  return values.length === 0 ? null : values.join(', ');
}
