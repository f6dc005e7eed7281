/** What a refusal of an upgrade says about its cause, by its status, its body and the request; and where to look. */
import type { ConnectionRecord } from '../connection/record.ts';
import {
  headerTokens,
  headerValue,
  type HttpHead,
  type RequestHead,
  type ResponseHead,
} from '../http/head.ts';
import type { RuleContext } from './rule-context.ts';
import { backendOf } from './refused-leg.ts';
import { isValidRequest } from './request-form.ts';
import { asksToClose, NGINX_UPGRADE, quoted } from './wording.ts';

export interface Refusal {
  /** Never changes, although the words may. */
  readonly cause: string;
  /** A clause behind a colon. */
  readonly refusal: string;
  readonly advice: string;
  /** The same as `refusal` for a first line; only where it tells more than the status does. */
  readonly short?: string;
}

/** What is looked at, in the order in which it is tried. */
export function refusalOf(
  record: ConnectionRecord,
  request: RequestHead,
  response: ResponseHead,
  context: RuleContext,
): Refusal {
  const body = record.upgrade?.body?.text ?? '';
  return (
    byBody(record, request, response, body) ??
    lostUpgrade(record, request, context) ??
    byProxyHeader(record, response) ??
    byStatus(record, request, response, body, context)
  );
}

function byBody(
  record: ConnectionRecord,
  request: RequestHead,
  { status }: ResponseHead,
  body: string,
): Refusal | null {
  if (/plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server/i.test(body)) {
    return {
      cause: 'tls-port',
      short: 'the port speaks TLS',
      refusal: 'this port speaks TLS, and the request came without it',
      advice:
        'Use wss:// instead of ws:// for this port, or the port on which the server listens without TLS.',
    };
  }
  const isTooLarge =
    status === 431 ||
    /request header (?:or cookie |fields? )?too large|request header field exceeds/i.test(body);
  if (isTooLarge) {
    return {
      cause: 'head-too-large',
      short: `${headOf(record)} is too large`,
      refusal: `the head of the request is too large for it${sizesOf(record, request)}`,
      advice:
        'Look at what fills the largest of these headers (often cookies of other applications of the same domain), or raise the limit of the server (nginx: large_client_header_buffers; Node: --max-http-header-size).',
    };
  }
  if (/session id unknown/i.test(body)) {
    return {
      cause: 'session-unknown',
      short: 'the server does not know the session (sid)',
      refusal: 'the session that the request names (sid) is not known to the server that answered',
      advice:
        'With several servers behind one address, all requests of a session must reach the same one: switch on session affinity (sticky sessions) at the balancer, or let the client use the WebSocket transport alone.',
    };
  }
  const origin = headerValue(request, 'origin');
  if (origin !== null && status >= 400 && status < 500 && /\borigin\b/i.test(body)) {
    return {
      cause: 'origin',
      short: 'the Origin was refused',
      refusal: `the Origin ${quoted(origin)} is not allowed`,
      advice:
        'Add that Origin to those that the server allows, exactly as it stands in the request: scheme, host and port.',
    };
  }
  return null;
}

/** "the request head of 9.2 kB". */
function headOf({ upgrade }: ConnectionRecord): string {
  const bytes = upgrade?.request?.bytes ?? 0;
  return bytes === 0 ? 'the request head' : `the request head of ${kilobytes(bytes)}`;
}

/** ": the head has 9,216 bytes, of which Cookie 9,000". */
function sizesOf({ upgrade }: ConnectionRecord, head: RequestHead): string {
  const bytes = upgrade?.request?.bytes ?? 0;
  let largest: { name: string; length: number } | null = null;
  for (const { name, value } of head.headers) {
    if (largest === null || value.length > largest.length) largest = { name, length: value.length };
  }
  const of = largest === null ? '' : `, of which ${quoted(largest.name)} ${kilobytes(largest.length)}`;
  return bytes === 0 ? '' : ` (${kilobytes(bytes)}${of})`;
}

function kilobytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`;
}

function lostUpgrade(
  record: ConnectionRecord,
  request: RequestHead,
  { neighbours }: RuleContext,
): Refusal | null {
  const leg = neighbours.legWithOtherUpgrade(record);
  const own = record.upgrade?.request?.packet ?? 0;
  const hasUpgrade = headerTokens(request, 'upgrade').includes('websocket');
  if (hasUpgrade && leg !== null) {
    return {
      cause: 'upgrade-dropped-behind',
      short: `a proxy dropped the Upgrade header between packets ${own} and ${leg.packet}`,
      refusal: `the server is a proxy that dropped the Upgrade header between packets ${own} and ${leg.packet}: behind it the request is a plain one`,
      advice: `Tell this proxy to speak HTTP/1.1 to its backend and to pass on Upgrade and Connection (${NGINX_UPGRADE}).`,
    };
  }
  if (request.isCut || hasUpgrade) return null;
  return leg === null
    ? {
        cause: 'upgrade-dropped',
        short: 'the request lacks its Upgrade header',
        refusal:
          'the request has a Sec-WebSocket-Key but no `Upgrade: websocket`, so to the server it is a plain one',
        advice:
          'A proxy in front dropped the header: tell it to speak HTTP/1.1 and to pass on Upgrade and Connection ' +
          `(${NGINX_UPGRADE}).`,
      }
    : {
        cause: 'upgrade-dropped',
        short: `a proxy dropped the Upgrade header between packets ${leg.packet} and ${own}`,
        refusal: `the request has lost its Upgrade header in the proxy that sent it, between packets ${leg.packet} and ${own}`,
        advice: `Tell this proxy to speak HTTP/1.1 and to pass on Upgrade and Connection (${NGINX_UPGRADE}).`,
      };
}

function byProxyHeader({ proxyHeader, upgrade }: ConnectionRecord, { status }: ResponseHead): Refusal | null {
  if (proxyHeader === null || status !== 400) return null;
  const packet = upgrade?.request?.firstPacket ?? 0;
  return {
    cause: 'proxy-header',
    short: 'a PROXY header stands in front of the request',
    refusal: `a PROXY protocol header stands in front of the request (packet ${packet}), and the server may have taken it for a broken request line`,
    advice:
      'First suspicion: the server does not expect the PROXY protocol. Switch it on there (proxy_protocol), or off at the balancer that sends it.',
  };
}

function byStatus(
  record: ConnectionRecord,
  request: RequestHead,
  response: ResponseHead,
  body: string,
  context: RuleContext,
): Refusal {
  const { status } = response;
  if (status === 401 || status === 403 || status === 407) return forbidden(request, status);
  if (status === 400)
    return { cause: 'bad-request', refusal: 'bad request', advice: adviceOn400(record, request, body) };
  if (status === 404 || status === 410) {
    return {
      cause: 'no-such-path',
      refusal: 'no such path',
      advice: 'Compare path and Host with the route that the server has.',
    };
  }
  if (status === 426) {
    return {
      cause: 'upgrade-required',
      refusal: 'upgrade required',
      advice:
        'The server did not see an upgrade that it takes: look for a proxy that drops Upgrade and Connection, or at the version.',
    };
  }
  if (status >= 300 && status < 400) return redirected(response);
  if (status >= 200 && status < 300) {
    return {
      cause: 'page',
      refusal: 'an ordinary page instead of an upgrade',
      advice:
        'The request reached something that serves plain HTTP: look at the routing, and for a proxy that drops Upgrade.',
    };
  }
  if (status >= 500) return serverError(record, status, context);
  return { cause: 'refused', refusal: 'refused', advice: "Look at the server's log at that time." };
}

function forbidden(request: RequestHead, status: number): Refusal {
  const origin = headerValue(request, 'origin');
  const carried = [
    origin === null ? 'no Origin' : `Origin ${quoted(origin)}`,
    headerValue(request, 'cookie') === null ? 'no Cookie' : 'a Cookie',
    headerValue(request, 'authorization') === null ? 'no Authorization' : 'an Authorization',
  ];
  return {
    cause: status === 403 ? 'forbidden' : 'unauthorized',
    refusal: status === 403 ? 'forbidden' : 'authentication required',
    advice: `Look at the cookie, token and Origin that the request carries; browsers send no other credentials. It has ${carried.join(', ')}.`,
  };
}

function adviceOn400(record: ConnectionRecord, request: RequestHead, body: string): string {
  if (asksToClose(request))
    return 'The request is HTTP/1.0 or asks to close: look at the proxy that sent it.';
  const { request: seen = null, response = null } = record.upgrade ?? {};
  if (isBeforeEnd(seen, response)) {
    return 'The server judged a part of the request: look at a server that expects the whole head in one read, or let the client write it at once.';
  }
  if (!isValidRequest(request)) {
    return (
      'Compare Upgrade, Connection, Sec-WebSocket-Key and Sec-WebSocket-Version of the request with RFC 6455 §4.1, ' +
      'and the path with the one that the server has: some (ws) answer 400 to any other.'
    );
  }
  const says = body === '' ? '' : 'The body says what the server did not like. ';
  return `${says}The headers of the upgrade are in order: compare the path with the one that the server has (ws answers 400 to any other), and look at its log.`;
}

/** The answer came while the request was not complete. */
export function isBeforeEnd(
  request: { readonly packet: number; readonly firstPacket: number } | null,
  response: { readonly packet: number } | null,
): boolean {
  return request !== null && response !== null && response.packet < request.packet;
}

function redirected(response: HttpHead): Refusal {
  const location = headerValue(response, 'location');
  return {
    cause: 'redirected',
    refusal: `redirected${location === null ? '' : ` to ${quoted(location)}`}`,
    advice: 'Browsers do not follow redirects of a WebSocket: use the final URL.',
  };
}

function serverError(
  record: ConnectionRecord,
  status: number,
  { hasTimes, neighbours }: RuleContext,
): Refusal {
  const log =
    'Look at the log of the server (or of the proxy) at that time, and at whether the backend runs.';
  const response = record.upgrade?.response ?? null;
  const refused = hasTimes && response !== null ? neighbours.refusedLeg(record, response) : null;
  if (refused !== null) {
    return {
      cause: 'backend-refused',
      short: `${backendOf(refused)!} had refused the proxy's connection`,
      refusal: `${backendOf(refused)!} had refused the proxy's connection a moment before (packet ${refused.refusal.packet})`,
      advice: 'Start what should listen there, or correct the address of the backend.',
    };
  }
  switch (status) {
    case 502:
      return {
        cause: 'backend-unreachable',
        short: 'the proxy could not reach its backend',
        refusal: 'the proxy could not reach the server behind it',
        advice: log,
      };
    case 503:
      return {
        cause: 'unavailable',
        refusal: 'no server was there for it',
        advice:
          'Look at the health checks of the proxy, at its list of backends and their limits, and at a deployment at that time.',
      };
    case 504:
      return {
        cause: 'backend-silent',
        short: 'no answer in time',
        refusal: 'the proxy had no answer from the server behind it in time',
        advice:
          'Look at what kept the backend from answering: capture behind the proxy as well to see whether the request came there.',
      };
    default:
      return { cause: 'server-error', refusal: 'server error', advice: log };
  }
}
