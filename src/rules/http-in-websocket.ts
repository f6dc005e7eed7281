/** http-in-websocket: HTTP, or other text, where a frame should begin. What follows from reading it as frames is not told. */
import type { Role, WebSocketSideFacts } from '../connection/record.ts';
import { fill } from '../judgement/fill.ts';
import { foreignFindings, type ForeignCase } from '../judgement/foreign-finding.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import { quoted } from '../judgement/wording.ts';
import type { ForeignBytes } from '../websocket/foreign-bytes.ts';

const MESSAGES = {
  response:
    'The {role} sent an HTTP response inside the WebSocket {when}, {after}: "{line}"{server}{reaction}.',
  request: 'The {role} sent an HTTP request inside the WebSocket {when}, {after}: "{line}"{reaction}.',
  text: 'The {role} sent text in the place of a frame {when}, {after}: "{line}"{reaction}.',
  between:
    'The {role} sent what is no frame between its frames {when}, {after}: "{line}"{server}. Its frames went on behind it{reaction}.',
} as const;

type Kind = keyof typeof MESSAGES;

const KINDS: Readonly<Record<Exclude<ForeignBytes['kind'], 'stray'>, Kind>> = {
  'http-response': 'response',
  'http-request': 'request',
  text: 'text',
};

/** Where what it sent last is no frame, nobody could have sent a Close behind it. */
const COVERING_KINDS: readonly Kind[] = ['response', 'request', 'text'];

export const httpInWebSocket: Rule = {
  id: 'http-in-websocket',
  title: 'HTTP or other text was sent in the place of a frame',
  severity: 'error',
  section: 'Frames and messages',
  place: 1,
  verdict: 'protocol-error',
  verdictKinds: COVERING_KINDS,
  explainsEnd: 16,
  covers: [{ rule: 'abnormal-closure', kinds: COVERING_KINDS }],
  spec: 'RFC 6455 §5.2, §7.1.7',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => foreignFindings(record, context, findingOf),
};

function findingOf(found: ForeignCase): Finding | null {
  const { role, other, side, foreign, when, reaction, proof, receiver } = found;
  if (foreign.kind === 'stray') return null;
  const hasGoneOn = side.lastFrame !== null && side.lastFrame.packet > foreign.packet;
  const kind = hasGoneOn ? 'between' : KINDS[foreign.kind];
  const line = firstLine(foreign);
  const status = statusOf(foreign);
  const server = /\nserver:[ \t]*([^\r\n]*)/i.exec(foreign.text)?.[1]?.trim() ?? '';
  return {
    kind,
    severity: 'error',
    message: fill(MESSAGES[kind], {
      role,
      when,
      after: framesBefore(side, foreign),
      line: quoted(line),
      server: server === '' ? '' : `, Server: ${quoted(server)}`,
      reaction: reaction.text,
    }),
    advice: adviceFor(foreign, role, other, status),
    ...proof,
    evidence: { by: role, what: foreign.kind, line, status, bytes: foreign.length, ...receiver },
  };
}

function framesBefore({ firstFrame }: WebSocketSideFacts, foreign: ForeignBytes): string {
  return firstFrame !== null && firstFrame.packet <= foreign.packet
    ? 'where a frame should begin'
    : 'in the place of its first frame';
}

/** The first line that is not empty. */
function firstLine({ text }: ForeignBytes): string {
  return text.trimStart().split(/\r|\n/, 1)[0]!.trimEnd();
}

function statusOf({ kind, text }: ForeignBytes): number | null {
  const status = kind === 'http-response' ? /^HTTP\/1\.\d (\d{3})/.exec(text)?.[1] : undefined;
  return status === undefined ? null : Number(status);
}

const REQUEST_TIMEOUT = 408;
const SWITCHING_PROTOCOLS = 101;

function adviceFor({ kind }: ForeignBytes, role: Role, other: Role, status: number | null): string {
  if (kind === 'http-request') {
    return `Look at what uses this connection besides the WebSocket: a proxy or a pool of the ${role} that takes it for one that is free again.`;
  }
  if (kind === 'text') {
    return `Look at what writes to this connection besides the WebSocket library of the ${role}: a warning or an error page that is printed into it, or a proxy in between that answers in its place. The ${other} can only fail the connection.`;
  }
  if (status === REQUEST_TIMEOUT) {
    return (
      'That is the request timeout of the server itself, which still counts the upgrade as a request that has not ended: look at ' +
      'its limits for requests and heads (in Node `requestTimeout` and `headersTimeout`), and at code that handles the upgrade without telling the server.'
    );
  }
  if (status === SWITCHING_PROTOCOLS) {
    return 'Two handlers answered the same upgrade: leave one of them, or let each look at its own path.';
  }
  return (
    'Something answered in the middle of the WebSocket: a proxy or a web application firewall that cut in, or a second handler of the ' +
    'same request. The status and the Server header tell which.'
  );
}
