/** upgrade-rejected: the answer to an upgrade request is not a 101. */
import { markOf } from '../tcp/packet-mark.ts';
import { headerTokens, headerValue, type RequestHead, type ResponseHead } from '../http/head.ts';
import type { SeenRequest, SeenResponse } from '../http/upgrade-exchange.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { asksToClose, NGINX_UPGRADE, packetList, quoted, since } from '../judgement/wording.ts';

const MESSAGES = {
  refused:
    'The server answered the upgrade request for {target} with {status}{after} ({packets}){refusal}.{server}',
  'refused-at-first':
    'The server answered the upgrade request for {target} with {status}{after} ({packets}){refusal}.{server}',
} as const;

export const upgradeRejected: Rule = {
  id: 'upgrade-rejected',
  title: 'The upgrade was refused',
  severity: 'warning',
  section: 'Opening handshake',
  place: 6,
  verdict: 'rejected',
  isVerdict: true,
  explainsEnd: 2,
  spec: 'RFC 6455 §4.2.2; RFC 9110 §15',
  requires: ['packets-of-client'],
  options: {},
  messages: MESSAGES,
  check({ upgrade, refusedBefore }, { hasTimes }) {
    if (upgrade === null) return null;
    const { request, response } = upgrade;
    if (request !== null && response !== null && response.head.status !== 101) {
      return { severity: 'warning', ...describe('refused', request, response, '', hasTimes) };
    }
    // Refused first, and accepted later on the same connection: an authentication that took two rounds.
    const before = refusedBefore.at(-1);
    if (before === undefined) return null;
    const later =
      response === null
        ? 'The client tried again on the same connection.'
        : `A later attempt on the same connection was answered ${response.head.status} (packet ${response.packet}).`;
    return {
      severity: 'info',
      ...describe('refused-at-first', before.request, before.response, later, hasTimes),
    };
  },
};

function describe(
  kind: keyof typeof MESSAGES,
  request: SeenRequest,
  response: SeenResponse,
  later: string,
  hasTimes: boolean,
) {
  const { status, reason } = response.head;
  const { refusal, advice } = classify(request.head, response.head);
  // "403 Forbidden: forbidden" says it twice.
  const isSaid = reason.toLowerCase() === refusal;
  const phrase = reason === '' ? '' : ` ${quoted(reason)}`;
  const server = headerValue(response.head, 'server');
  return {
    kind,
    message: fill(MESSAGES[kind], {
      target: quoted(request.head.target),
      status: `${status}${phrase}`,
      after: hasTimes ? ` after ${since(request, response)}` : '',
      packets: packetList([request.packet, response.packet]),
      refusal: isSaid ? '' : `: ${refusal}`,
      server: server === null ? '' : ` It calls itself ${quoted(server)}.`,
    }),
    advice: later === '' ? advice : later,
    packets: [request.packet, response.packet],
    at: markOf(response),
    evidence: { status, reason, server, location: headerValue(response.head, 'location') },
  };
}

interface Refusal {
  readonly refusal: string;
  readonly advice: string;
}

/** What a status says about an upgrade, and where to look. */
function classify(request: RequestHead, response: ResponseHead): Refusal {
  const { status } = response;
  if (!request.isCut && !headerTokens(request, 'upgrade').includes('websocket')) {
    return {
      refusal:
        'the request has a Sec-WebSocket-Key but no `Upgrade: websocket`, so to the server it is a plain one',
      advice:
        'A proxy in front dropped the header: tell it to speak HTTP/1.1 and to pass on Upgrade and Connection ' +
        `(${NGINX_UPGRADE}).`,
    };
  }
  if (status === 401 || status === 403 || status === 407) {
    return {
      refusal: status === 403 ? 'forbidden' : 'authentication required',
      advice:
        'Look at the cookie, token and Origin that the request carries; browsers send no other credentials.',
    };
  }
  if (status === 400) {
    return {
      refusal: 'bad request',
      advice: asksToClose(request)
        ? 'The request is HTTP/1.0 or asks to close: look at the proxy that sent it.'
        : 'Compare Upgrade, Connection, Sec-WebSocket-Key and Sec-WebSocket-Version of the request with RFC 6455 §4.1, ' +
          'and the path with the one that the server has: some (ws) answer 400 to any other.',
    };
  }
  if (status === 404 || status === 410) {
    return { refusal: 'no such path', advice: 'Compare path and Host with the route that the server has.' };
  }
  if (status === 426) {
    return {
      refusal: 'upgrade required',
      advice:
        'The server did not see an upgrade that it takes: look for a proxy that drops Upgrade and Connection, or at the version.',
    };
  }
  if (status >= 300 && status < 400) {
    const location = headerValue(response, 'location');
    const target = location === null ? '' : ` to ${quoted(location)}`;
    return {
      refusal: `redirected${target}`,
      advice: 'Browsers do not follow redirects of a WebSocket: use the final URL.',
    };
  }
  if (status >= 200 && status < 300) {
    return {
      refusal: 'an ordinary page instead of an upgrade',
      advice:
        'The request reached something that serves plain HTTP: look at the routing, and for a proxy that drops Upgrade.',
    };
  }
  if (status >= 500) {
    return {
      refusal:
        status === 502 || status === 504 ? 'the proxy could not reach the server behind it' : 'server error',
      advice:
        'Look at the log of the server (or of the proxy) at that time, and at whether the backend runs.',
    };
  }
  return { refusal: 'refused', advice: "Look at the server's log at that time." };
}
