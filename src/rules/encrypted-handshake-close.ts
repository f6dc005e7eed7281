/**
 * encrypted-handshake-close: TLS hides what is inside, and yet it looks as if the server ended a WebSocket right after its 101.
 * A suspicion: an ordinary answer of that size, with the end of the connection behind it, looks the same.
 */
import { formatDuration } from '../basics/format-duration.ts';
import type { ConnectionRecord } from '../connection/record.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { endedAfterAnswer } from '../judgement/sealed-ending.ts';
import { quoted } from '../judgement/wording.ts';
import { markOf } from '../tcp/packet-mark.ts';

const MESSAGES = {
  suspected:
    'TLS hides what is inside. By the sizes of its records, the server{name} answered the first request with something of the size of a 101 (packet {answer}) and ended the connection with {how} {after} (packet {end}), before the client had said anything more{others}. If that is a WebSocket, its server ended it right after the handshake.',
} as const;

const OPTIONS = {
  reconnects: {
    default: 1,
    unit: 'count',
    description:
      'on a port that is not named, so many further connections of the same client to the same server name must have ended alike',
  },
} as const;

export const encryptedHandshakeClose: Rule<typeof OPTIONS> = {
  id: 'encrypted-handshake-close',
  title: 'Inside TLS, the server seems to have ended a WebSocket right after its handshake',
  severity: 'warning',
  section: 'Opening handshake',
  place: 17,
  explainsEnd: 21,
  isAboutTls: true,
  spec: 'RFC 6455 §4.2.2, §7.1.1; sizes of TLS records, experience',
  requires: ['both-directions', 'every-packet', 'first-end', 'times'],
  options: OPTIONS,
  messages: MESSAGES,
  check(record, { windowMs, namedPorts, tlsNeighbours }, { reconnects }) {
    const found = endedAfterAnswer(record, windowMs);
    if (found === null) return null;
    const group = tlsNeighbours.group(record);
    // A second request on any of them: ordinary HTTPS. One that ended otherwise: not at each reconnect.
    if (group?.hasSecondRequest === true) return null;
    const { ended = 1, endedAfterAnswer: alike = 1, looksLikeWebSocket = false } = group ?? {};
    if (ended !== alike && !looksLikeWebSocket) return null;
    const isExpected = namedPorts.has(record.server.port) || looksLikeWebSocket;
    if (!isExpected && alike <= reconnects) return null;
    const { answer, end, how, afterMs } = found;
    return {
      kind: 'suspected',
      severity: isExpected ? 'warning' : 'info',
      headline: `perhaps a WebSocket inside TLS that its server ended right after the handshake${nameOf(record)}`,
      message: fill(MESSAGES.suspected, {
        name: nameOf(record),
        answer: answer.packet,
        how,
        after: afterMs === 0 ? 'together with it' : `${formatDuration(afterMs)} later`,
        end: end.packet,
        others: alike > 1 ? `; so it went with all ${alike} connections of this client to it that ended` : '',
      }),
      advice:
        'That is a suspicion from sizes alone: a small answer of ordinary HTTPS with the end behind it looks the same. The keys of the connection make it certain (--keylog, docs/tls.md), and so does a capture behind what terminates TLS, or its log.',
      packets: [answer.packet, end.packet],
      at: markOf(end),
      evidence: {
        by: 'server',
        how,
        afterMs,
        connections: alike,
        serverName: record.tls?.hello?.serverName ?? null,
        isNamedPort: namedPorts.has(record.server.port),
      },
    };
  },
};

function nameOf({ tls }: ConnectionRecord): string {
  const name = tls?.hello?.serverName ?? null;
  return name === null ? '' : ` for ${quoted(name)}`;
}
