/** tls-not-spoken: a ClientHello that is answered in plain text, or a plain upgrade request that is answered by a TLS alert. */
import type { ConnectionRecord } from '../connection/record.ts';
import { markOf } from '../tcp/packet-mark.ts';
import { fill } from '../judgement/fill.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { describeTlsRecord, shownBytes, unparsedAnswer } from '../judgement/unparsed-answer.ts';
import { quoted, relativeTo } from '../judgement/wording.ts';

const MESSAGES = {
  'plain-answer':
    'The client began with a TLS ClientHello (packet {request}), and the server at port {port} answered in plain text{after} (packet {answer}): "{line}". No TLS came about.',
  'tls-answer':
    'The upgrade request for {target} was sent without TLS (packet {request}), and the server at port {port} answered with {record}{after} (packet {answer}).',
} as const;

export const tlsNotSpoken: Rule = {
  id: 'tls-not-spoken',
  title: 'TLS where none is spoken, or none where it is',
  severity: 'error',
  section: 'Opening handshake',
  place: 15,
  verdict: 'tls-failed',
  explainsEnd: 15,
  isAboutTls: true,
  spec: 'RFC 8446 §5.1, §6; RFC 6455 §3, §4.1',
  requires: ['both-directions', 'pairs'],
  options: {},
  messages: MESSAGES,
  check(record, context) {
    return record.plainAnswer?.to === 'tls' ? plainAnswer(record, context) : tlsAnswer(record, context);
  },
};

function plainAnswer(record: ConnectionRecord, { hasTimes, webSocketPorts }: RuleContext): Finding | null {
  const { hello, answer } = record.plainAnswer!;
  const { port } = record.server;
  const line = shownBytes(answer.bytes);
  const isHttp = /^HTTP\/\d/.test(line);
  const isOurs = webSocketPorts.has(port);
  // A probe of a mail or SSH server has nothing to do with a WebSocket.
  if (!isHttp && !isOurs) return null;
  const isAllThereIs = webSocketPorts.size === 0;
  return {
    kind: 'plain-answer',
    severity: isOurs || isAllThereIs ? 'error' : 'info',
    message: fill(MESSAGES['plain-answer'], {
      request: hello.packet,
      port,
      after: hasTimes ? `, ${relativeTo(hello, answer)} that` : '',
      answer: answer.packet,
      line: quoted(line),
    }),
    advice: isHttp
      ? 'This port speaks HTTP without TLS: use ws:// instead of wss:// there, or have TLS terminated in front of it.'
      : 'Another protocol is spoken on this port, and without TLS: compare it with the port that the WebSocket server has.',
    packets: [hello.packet, answer.packet],
    at: markOf(answer),
    evidence: { bytes: line, port },
  };
}

function tlsAnswer(record: ConnectionRecord, { hasTimes }: RuleContext): Finding | null {
  const unparsed = unparsedAnswer(record);
  const request = record.upgrade?.request ?? null;
  if (request === null || unparsed?.kind !== 'tls') return null;
  const { port } = record.server;
  return {
    kind: 'tls-answer',
    severity: 'error',
    message: fill(MESSAGES['tls-answer'], {
      target: quoted(request.head.target),
      request: request.packet,
      port,
      record: describeTlsRecord(unparsed.bytes),
      after: hasTimes ? `, ${relativeTo(request, unparsed)} it` : '',
      answer: unparsed.packet,
    }),
    advice:
      'This port speaks TLS: use wss:// instead of ws:// there, or the port on which the server listens without TLS.',
    packets: [request.packet, unparsed.packet],
    at: markOf(unparsed),
    evidence: { bytes: shownBytes(unparsed.bytes), port },
  };
}
