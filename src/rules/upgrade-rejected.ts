/**
 * upgrade-rejected: the answer to an upgrade request is not a 101, or the polling that should come to an upgrade was refused,
 * because the server does not know the session.
 */
import type { ConnectionRecord } from '../connection/record.ts';
import { markOf } from '../tcp/packet-mark.ts';
import { headerValue } from '../http/head.ts';
import type { SeenRequest, SeenResponse } from '../http/upgrade-exchange.ts';
import { fill, fillAny } from '../judgement/fill.ts';
import { isBeforeEnd, refusalOf } from '../judgement/refusal-cause.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { count, packetList, quoted, relativeTo, since } from '../judgement/wording.ts';

const MESSAGES = {
  refused:
    'The server answered the upgrade request for {target} with {status}{after} ({packets}){left}{refusal}.{body}{server}',
  'before-request-complete':
    'The server answered the upgrade request for {target} with {status} (packet {response}){before} before the request was complete ({segments}, packets {first} to {request}){refusal}.{body}{server}',
  'refused-at-first':
    'The server answered the upgrade request for {target} with {status}{after} ({packets}){refusal}.{server}',
  'session-unknown-polling':
    'The server answered {requests} for {path} with {status} ({packets}{last}), and the body says "{phrase}": the server that answered does not know the session of Engine.IO that the request names (sid).',
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
  requires: ['packets-of-client', 'own-response'],
  options: {},
  messages: MESSAGES,
  check(record, context) {
    const found = [refusedUpgrade(record, context), refusedSession(record)].filter((each) => each !== null);
    return found.length === 0 ? null : found;
  },
};

function refusedUpgrade(record: ConnectionRecord, context: RuleContext): Finding | null {
  const { upgrade, refusedBefore } = record;
  if (upgrade === null) return null;
  const { request, response } = upgrade;
  if (request !== null && response !== null && response.head.status !== 101) {
    const kind = isBeforeEnd(request, response) ? 'before-request-complete' : 'refused';
    return { severity: 'warning', ...describe(kind, record, request, response, '', context) };
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
    ...describe('refused-at-first', record, before.request, before.response, later, context),
  };
}

/** The requests were plain ones; an upgrade comes only once the session goes on. */
function refusedSession({ sessionRefusals }: ConnectionRecord): Finding | null {
  if (sessionRefusals === null) return null;
  const { request, response, phrase, lastPacket } = sessionRefusals;
  const { status, reason } = response.head;
  const isOne = sessionRefusals.count === 1;
  const packets = [...new Set([request.packet, response.packet, lastPacket])];
  return {
    kind: 'session-unknown-polling',
    severity: 'warning',
    headline: `Engine.IO polling refused, status ${status} "${phrase}": no session affinity?`,
    message: fill(MESSAGES['session-unknown-polling'], {
      requests: isOne ? 'a polling request' : count(sessionRefusals.count, 'polling request'),
      path: quoted(request.head.target.split('?', 1)[0]!),
      status: `${status}${reason === '' ? '' : ` ${quoted(reason)}`}`,
      packets: `${isOne ? '' : 'the first in '}${packetList([request.packet, response.packet])}`,
      last: isOne ? '' : `, the last answer in packet ${lastPacket}`,
      phrase,
    }),
    advice: SESSION_ADVICE,
    packets,
    at: markOf(response),
    evidence: {
      status,
      reason,
      cause: 'session-unknown',
      server: headerValue(response.head, 'server'),
      requests: sessionRefusals.count,
    },
  };
}

const SESSION_ADVICE =
  'With several servers or workers behind one address, all requests of a session must reach the same one: switch on session affinity (sticky sessions; nginx: ip_hash, or a cookie of the balancer), or let the client use the WebSocket transport alone. After a restart of the server, or a session that timed out, one such answer is in order: the client then begins a new session.';

function describe(
  kind: keyof typeof MESSAGES,
  record: ConnectionRecord,
  request: SeenRequest,
  response: SeenResponse,
  later: string,
  context: RuleContext,
) {
  const { hasTimes } = context;
  const { status, reason } = response.head;
  const { cause, refusal, advice, short } = refusalOf(record, request.head, response.head, context);
  // "403 Forbidden: forbidden" says it twice.
  const isSaid = reason.toLowerCase() === refusal;
  const phrase = reason === '' ? '' : ` ${quoted(reason)}`;
  const server = headerValue(response.head, 'server');
  const body =
    later === '' ? quotedBody(record.upgrade?.body?.text ?? '', [String(status), reason, server ?? '']) : '';
  const why = short ?? (kind === 'before-request-complete' ? 'before the request was complete' : undefined);
  return {
    kind,
    ...(why === undefined || later !== '' ? {} : { headline: `upgrade refused, status ${status}: ${why}` }),
    message: fillAny(MESSAGES[kind], {
      target: quoted(request.head.target),
      status: `${status}${phrase}`,
      after: hasTimes ? ` after ${since(request, response)}` : '',
      before: hasTimes ? `, ${since(response, request)}` : '',
      first: request.firstPacket,
      request: request.packet,
      response: response.packet,
      segments: count(request.segments, 'segment'),
      packets: packetList([request.packet, response.packet]),
      left: whenClientLeft(record, response, hasTimes),
      refusal: isSaid ? '' : `: ${refusal}`,
      body: body === '' ? '' : ` Its body says: "${body}".`,
      server: server === null ? '' : ` It calls itself ${quoted(server)}.`,
    }),
    advice: later === '' ? advice : later,
    packets: [request.packet, response.packet],
    at: markOf(response),
    evidence: { status, reason, cause, server, location: headerValue(response.head, 'location') },
  };
}

/** An answer that nobody waits for any more. */
function whenClientLeft({ firstEnd }: ConnectionRecord, response: SeenResponse, hasTimes: boolean): string {
  if (firstEnd?.by !== 'client' || firstEnd.mark.packet >= response.packet) return '';
  const end = `its ${firstEnd.how.toUpperCase()} (packet ${firstEnd.mark.packet})`;
  return hasTimes
    ? `, ${relativeTo(firstEnd.mark, response)} the client had left with ${end}`
    : `, after the client had left with ${end}`;
}

/**
 * More of a body is in the report.
 * @bound characters of a refusal's body that are quoted in a sentence: {count}
 */
const MAX_QUOTED_BODY = 200;

/** Nothing where the body says only what the head has `said`. */
function quotedBody(text: string, said: readonly string[]): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const rest = said.reduce((left, word) => (word === '' ? left : left.replaceAll(word, '')), line);
  if (!/[^\s.:!]/.test(rest)) return '';
  if (line.length <= MAX_QUOTED_BODY) return line;
  const space = line.lastIndexOf(' ', MAX_QUOTED_BODY);
  return `${line.slice(0, space > MAX_QUOTED_BODY / 2 ? space : MAX_QUOTED_BODY)}…`;
}
