/** subprotocol-unanswered: subprotocols were offered, and the 101 selects none. */
import { upgradeResponse } from '../connection/record.ts';
import { markOf } from '../tcp/packet-mark.ts';
import { headerTokens, headerValue } from '../http/head.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { packetList, quoted } from '../judgement/wording.ts';

const MESSAGES = {
  none: 'The client offered the subprotocol {offered}, and the 101 selects none ({packets}). Browsers fail such a connection; RFC 6455 allows it.',
  empty:
    'The client offered the subprotocol {offered}, and the 101 answers with an empty Sec-WebSocket-Protocol ({packets}). Browsers fail such a connection.',
} as const;

export const subprotocolUnanswered: Rule = {
  id: 'subprotocol-unanswered',
  title: 'The server selected none of the offered subprotocols',
  severity: 'warning',
  section: 'Opening handshake',
  place: 9,
  spoilsUpgrade: true,
  spec: 'RFC 6455 §4.1, §4.2.2, §11.3.4; WHATWG WebSockets',
  requires: ['whole-heads', 'pairs'],
  options: {},
  messages: MESSAGES,
  check(record) {
    const response = upgradeResponse(record);
    const request = record.upgrade?.request ?? null;
    if (response === null || request === null) return null;
    if (headerTokens(request.head, 'sec-websocket-protocol').length === 0) return null;
    if (headerTokens(response.head, 'sec-websocket-protocol').length > 0) return null;
    const offered = headerValue(request.head, 'sec-websocket-protocol');
    const answer = headerValue(response.head, 'sec-websocket-protocol');
    const kind = answer === null ? 'none' : 'empty';
    const packets = [request.packet, response.packet];
    return {
      kind,
      severity: 'warning',
      message: fill(MESSAGES[kind], { offered: quoted(offered ?? ''), packets: packetList(packets) }),
      advice:
        'Look at which subprotocols the server knows under that path, at how it is told to select one, and for a proxy that drops the header.',
      packets,
      at: markOf(response),
      evidence: { offered, isHeaderEmpty: answer !== null },
    };
  },
};
