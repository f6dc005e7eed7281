/** h2-instead-of-http1: an upgrade of HTTP/1.1 answered by HTTP/2, or HTTP/2 answered by HTTP/1. */
import { markOf } from '../tcp/packet-mark.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { shownBytes, unparsedAnswer } from '../judgement/unparsed-answer.ts';
import { quoted, relativeTo } from '../judgement/wording.ts';

const MESSAGES = {
  'http2-answer':
    'The upgrade request for {target} (packet {request}) was answered in HTTP/2{after} (packet {answer}): the server at port {port} speaks no HTTP/1.1.',
  'http1-answer':
    'The client began with HTTP/2 (packet {request}), and the server at port {port} answered in HTTP/1{after} (packet {answer}): "{line}".',
} as const;

export const h2InsteadOfHttp1: Rule = {
  id: 'h2-instead-of-http1',
  title: 'HTTP/2 where HTTP/1.1 is spoken, or the other way round',
  severity: 'error',
  section: 'Opening handshake',
  place: 14,
  verdict: 'unanswered',
  explainsEnd: 14,
  spec: 'RFC 9113 §3.3, §3.4; RFC 6455 §4.1; RFC 8441',
  requires: ['both-directions', 'pairs'],
  options: {},
  messages: MESSAGES,
  check(record, { hasTimes, webSocketPorts, neighbours }) {
    const { upgrade, plainAnswer, server } = record;
    const unparsed = unparsedAnswer(record);
    const request = upgrade?.request ?? null;
    if (request !== null && unparsed?.kind === 'http2') {
      return {
        kind: 'http2-answer',
        severity: 'error',
        message: fill(MESSAGES['http2-answer'], {
          target: quoted(request.head.target),
          request: request.packet,
          after: hasTimes ? `, ${relativeTo(request, unparsed)} it` : '',
          answer: unparsed.packet,
          port: server.port,
        }),
        advice:
          'A WebSocket client begins with HTTP/1.1 on a plain port. Let the server (or the proxy in front) accept HTTP/1.1 there too, or send the client to a port that does.',
        packets: [request.packet, unparsed.packet],
        at: markOf(unparsed),
        evidence: { bytes: shownBytes(unparsed.bytes) },
      };
    }
    if (plainAnswer?.to !== 'http2') return null;
    // HTTP/2 need not have to do with a WebSocket.
    if (!webSocketPorts.has(server.port)) return null;
    const { hello, answer } = plainAnswer;
    return {
      kind: 'http1-answer',
      severity: neighbours.wasServed(record, answer) ? 'info' : 'error',
      message: fill(MESSAGES['http1-answer'], {
        request: hello.packet,
        port: server.port,
        after: hasTimes ? `, ${relativeTo(hello, answer)} that` : '',
        answer: answer.packet,
        line: quoted(shownBytes(answer.bytes)),
      }),
      advice:
        'Let the client use HTTP/1.1 for its WebSockets, or let the server accept HTTP/2 without TLS; look for a proxy that speaks HTTP/2 to a backend which does not.',
      packets: [hello.packet, answer.packet],
      at: markOf(answer),
      evidence: { bytes: shownBytes(answer.bytes) },
    };
  },
};
