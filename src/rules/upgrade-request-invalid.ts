/**
 * upgrade-request-invalid: the request lacks what RFC 6455 demands of an upgrade request, or has too much of
 * it.
 */
import { markOf } from '../tcp/packet-mark.ts';
import { hasHeaderToken, headerCount, headerTokens, headerValue, type RequestHead } from '../http/head.ts';
import type { ConnectionRecord } from '../connection/record.ts';
import { fill } from '../judgement/fill.ts';
import { proxyHeadersOf } from '../judgement/proxy-headers.ts';
import { isValidKey, isValidRequest } from '../judgement/request-form.ts';
import type { Rule } from '../judgement/rule.ts';
import { NGINX_UPGRADE, quoted } from '../judgement/wording.ts';

const MESSAGES = {
  invalid:
    'The upgrade request for {target} (packet {packet}) is not what RFC 6455 §4.1 demands: {violations}.',
  'asks-to-close':
    'The upgrade request for {target} (packet {packet}) also asks the server to close the connection: Connection: {connection}.',
} as const;

interface Violation {
  readonly code: string;
  readonly clause: string;
  /** Typical of a proxy that was not told to pass an upgrade on. */
  readonly isProxys: boolean;
}

export const upgradeRequestInvalid: Rule = {
  id: 'upgrade-request-invalid',
  title: 'The upgrade request is not valid',
  severity: 'warning',
  section: 'Opening handshake',
  place: 3,
  spoilsUpgrade: true,
  spec: 'RFC 6455 §4.1, §4.2.1; RFC 9112 §9.6',
  requires: ['whole-request', 'own-request'],
  options: {},
  messages: MESSAGES,
  check({ upgrade }) {
    const request = upgrade?.request ?? null;
    if (request === null) return null;
    const { head } = request;
    if (isValidRequest(head)) return null;
    const violations = violationsOf(head);
    if (violations.length === 0) return null;
    const isCloseAlone = violations.every(({ code }) => code === 'close');
    const kind = isCloseAlone ? 'asks-to-close' : 'invalid';
    const connection = headerValue(head, 'connection');
    return {
      kind,
      severity: 'warning',
      message: fill(MESSAGES[kind], {
        target: quoted(head.target),
        packet: request.packet,
        violations: violations.map(({ clause }) => clause).join('; '),
        connection: quoted(connection ?? ''),
      }),
      advice: advice(violations, upgrade),
      packets: [request.packet],
      at: markOf(request),
      evidence: {
        violations: violations.map(({ code }) => code).join(' '),
        method: head.method,
        httpVersion: head.version,
        host: headerValue(head, 'host'),
        upgrade: headerValue(head, 'upgrade'),
        connection,
        version: headerValue(head, 'sec-websocket-version'),
        key: headerValue(head, 'sec-websocket-key'),
        status: upgrade?.response?.head.status ?? null,
      },
    };
  },
};

function violationsOf(head: RequestHead): Violation[] {
  const violations: Violation[] = [];
  const say = (code: string, clause: string, isProxys = false) => violations.push({ code, clause, isProxys });
  const listed = (name: string) => quoted(headerValue(head, name) ?? '');
  if (head.method !== 'GET') say('method', `its method is ${quoted(head.method)}, not GET`);
  if (head.version < '1.1') say('http-version', `it is HTTP/${head.version}, which has no upgrade`, true);

  const hosts = headerCount(head, 'host');
  if (hosts !== 1) say('host', hosts === 0 ? 'it has no Host' : `it has ${hosts} Host headers`);

  if (!hasHeaderToken(head, 'upgrade', 'websocket')) {
    const value = headerValue(head, 'upgrade');
    const clause =
      value === null ? 'it has no Upgrade header' : `its Upgrade (${quoted(value)}) does not name websocket`;
    say('upgrade', clause, true);
  }
  const connection = headerTokens(head, 'connection');
  if (!connection.includes('upgrade')) {
    const clause =
      connection.length === 0
        ? 'it has no Connection header'
        : `its Connection (${listed('connection')}) does not name Upgrade`;
    say('connection', clause, true);
  }
  if (connection.includes('close')) {
    const value = connection.includes('upgrade') ? ` (${listed('connection')})` : '';
    say('close', `its Connection${value} asks the server to close`, true);
  }

  const versions = headerCount(head, 'sec-websocket-version');
  if (versions === 0) say('version', 'it has no Sec-WebSocket-Version');
  else if (versions > 1 || headerValue(head, 'sec-websocket-version') !== '13') {
    say('version', `its Sec-WebSocket-Version is ${listed('sec-websocket-version')} instead of 13`);
  }
  const keys = headerCount(head, 'sec-websocket-key');
  const key = headerValue(head, 'sec-websocket-key') ?? '';
  if (keys === 0) say('key', 'it has no Sec-WebSocket-Key');
  else if (keys > 1) say('key', `it has ${keys} Sec-WebSocket-Keys`);
  else if (!isValidKey(key)) say('key', `its Sec-WebSocket-Key (${quoted(key)}) is not 16 bytes in base64`);
  return violations;
}

function advice(violations: readonly Violation[], upgrade: ConnectionRecord['upgrade']): string {
  const proxy = proxyHeadersOf({ upgrade });
  if (!violations.some(({ isProxys }) => isProxys)) {
    return 'Look at the code of the client, and for something in between that rewrites headers: many servers refuse such a request.';
  }
  const close = violations.some(({ code }) => code === 'close')
    ? 'A server that honours the close answers 101 and then hangs up. '
    : '';
  const request = upgrade?.request ?? null;
  const userAgent = request === null ? null : headerValue(request.head, 'user-agent');
  const sender = proxy !== null ? `The request came through a proxy (${proxy}). ` : '';
  const itself =
    proxy === null && userAgent !== null
      ? `, or at the client itself (User-Agent: ${quoted(userAgent)})`
      : '';
  return `${close}${sender}Look for a proxy in between that was not told to speak HTTP/1.1 and to pass on Upgrade and Connection (${NGINX_UPGRADE})${itself}.`;
}
