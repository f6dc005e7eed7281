/** upgrade-rejected: the answer to an upgrade request is not a 101. */
import type { ConnectionRecord } from '../connection/record.ts';
import { markOf } from '../tcp/packet-mark.ts';
import { headerValue } from '../http/head.ts';
import type { SeenRequest, SeenResponse } from '../http/upgrade-exchange.ts';
import { fillAny } from '../judgement/fill.ts';
import { isBeforeEnd, refusalOf } from '../judgement/refusal-cause.ts';
import type { Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { count, packetList, quoted, relativeTo, since } from '../judgement/wording.ts';

const MESSAGES = {
  refused:
    'The server answered the upgrade request for {target} with {status}{after} ({packets}){left}{refusal}.{body}{server}',
  'before-request-complete':
    'The server answered the upgrade request for {target} with {status} (packet {response}){before} before the request was complete ({segments}, packets {first} to {request}){refusal}.{body}{server}',
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
  requires: ['packets-of-client', 'own-response'],
  options: {},
  messages: MESSAGES,
  check(record, context) {
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
  },
};

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
  const { cause, refusal, advice } = refusalOf(record, request.head, response.head, context);
  // "403 Forbidden: forbidden" says it twice.
  const isSaid = reason.toLowerCase() === refusal;
  const phrase = reason === '' ? '' : ` ${quoted(reason)}`;
  const server = headerValue(response.head, 'server');
  const body =
    later === '' ? quotedBody(record.upgrade?.body?.text ?? '', [String(status), reason, server ?? '']) : '';
  return {
    kind,
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
