/** data-before-upgrade: one side sends before the 101 has made the connection a WebSocket. */
import { upgradeResponse, type ConnectionRecord } from '../connection/record.ts';
import { count, describeFrame, packetList, since } from '../judgement/wording.ts';
import { headerValue } from '../http/head.ts';
import type { SeenResponse } from '../http/upgrade-exchange.ts';
import { fill } from '../judgement/fill.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import { bothOrOne } from '../judgement/sides.ts';

const MESSAGES = {
  client:
    'The client sent {frames} before the 101 was complete ({packets}): the first, a {first}, {when}. RFC 6455 §4.1 requires it to wait for the 101.',
  server:
    'The server sent {bytes} not HTTP between the upgrade request and its 101 ({packets}){when}. A client expects the 101 there, and nothing else.',
} as const;

export const dataBeforeUpgrade: Rule = {
  id: 'data-before-upgrade',
  title: 'Data came before the upgrade was complete',
  severity: 'warning',
  section: 'Opening handshake',
  place: 10,
  spoilsUpgrade: true,
  spec: 'RFC 6455 §4.1, §4.2.2',
  requires: ['web-socket', 'frame-bytes', 'both-directions'],
  options: {},
  messages: MESSAGES,
  check(record, { hasTimes }) {
    const response = upgradeResponse(record);
    if (response === null) return null;
    return bothOrOne(fromClient(record, response, hasTimes), fromServer(record, response, hasTimes));
  },
};

function fromClient(
  { clientSide, upgrade }: ConnectionRecord,
  response: SeenResponse,
  hasTimes: boolean,
): Finding | null {
  if (clientSide.framesBeforeUpgrade === null) return null;
  const { count: frames, first } = clientSide.framesBeforeUpgrade;
  const isWithRequest = upgrade?.request?.packet === first.firstPacket;
  const before =
    hasTimes && first.packet < response.packet ? `, ${since(first, response)} before the 101` : '';
  const when = isWithRequest ? 'in the packet of its request' : `in packet ${first.firstPacket}${before}`;
  return {
    kind: 'client',
    severity: 'warning',
    message: fill(MESSAGES.client, {
      frames: count(frames, 'frame'),
      packets: packetList([first.firstPacket, response.packet]),
      first: describeFrame(first),
      when,
    }),
    advice:
      'Servers and proxies lose such frames, or refuse the connection. Look for client code that does not wait for its open event.',
    packets: [first.firstPacket, response.packet],
    at: { packet: first.packet, seconds: first.seconds, nanoseconds: first.nanoseconds },
    evidence: { by: 'client', frames, bytes: null, isWithRequest, server: null },
  };
}

function fromServer(
  { upgrade }: ConnectionRecord,
  response: SeenResponse,
  hasTimes: boolean,
): Finding | null {
  const stray = upgrade?.bytesBeforeResponse ?? null;
  if (stray === null) return null;
  const { length, mark } = stray;
  const isWithResponse = mark.packet === response.packet;
  return {
    kind: 'server',
    severity: 'warning',
    message: fill(MESSAGES.server, {
      bytes: `${count(length, 'byte')} that ${length === 1 ? 'is' : 'are'}`,
      packets: packetList([mark.packet, response.packet]),
      when: hasTimes && !isWithResponse ? `, ${since(mark, response)} before it was complete` : '',
    }),
    advice:
      'Look for server code that sends on a socket whose handshake is not written yet: a broadcast that reaches it too early, two threads on one socket.',
    packets: [...new Set([mark.packet, response.packet])],
    at: mark,
    evidence: {
      by: 'server',
      frames: null,
      bytes: length,
      isWithRequest: false,
      server: headerValue(response.head, 'server'),
    },
  };
}
