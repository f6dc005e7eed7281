/** connection-refused: a SYN answered by RST, or several that are not answered, on a port that speaks WebSocket. */
import type { ConnectionRecord } from '../connection/record.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { markOf } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { count, describeUndelivered, packetList } from '../judgement/wording.ts';

const OPTIONS = {
  unansweredSyns: {
    default: 3,
    unit: 'count',
    description: 'a client that sends this many SYNs without an answer counts as refused',
  },
} as const;

const MESSAGES = {
  refused:
    'The server {address} port {port} refused the connection: it answered the SYN with RST{later} ({packets}).',
  undeliverable:
    'The server {address} port {port} could not be reached: {icmp}{later}, after {syns} of the client.',
  unanswered:
    'The server {address} port {port} did not answer: the client sent {syns} SYNs{during} ({packets}), and no answer came.',
  // Where no connection of the capture got through.
  'all-refused': ' So it did with all {attempts} to that port in this capture.',
  'all-failed': ' None of the {attempts} to that port in this capture got through.',
  // First lines.
  'headline-refused': '{address} port {port} refused {attempts}',
  'headline-undeliverable': '{address} port {port} could not be reached: {icmp}',
  'headline-unanswered': '{syns} without an answer from {address} port {port}',
} as const;

export const connectionRefused: Rule<typeof OPTIONS> = {
  id: 'connection-refused',
  title: 'The TCP connection was refused',
  severity: 'error',
  section: 'Opening handshake',
  place: 1,
  verdict: 'refused',
  explainsEnd: 19,
  needsKnownPort: true,
  spec: 'RFC 9293 §3.5, §3.10.7.1',
  requires: ['first-end'],
  options: OPTIONS,
  messages: MESSAGES,
  check(record, { hasTimes, webSocketPorts, neighbours }, { unansweredSyns }) {
    const { tcp, server, firstEnd, last } = record;
    const { syn } = tcp.client;
    if (syn === null || !isUnopened(record)) return null;
    // Where no connection of the capture carries a byte, the attempts that failed are all that there is to tell.
    if (!webSocketPorts.has(server.port) && neighbours.carryBytes) return null;
    const isRefused = firstEnd?.by === 'server' && firstEnd.how === 'rst';
    const isSilent = firstEnd === null && !tcp.server.isCaptured;
    const icmp = isSilent ? describeUndelivered(tcp.client) : null;
    const isUnanswered = isSilent && tcp.client.syns >= unansweredSyns;
    if (!isRefused && !isUnanswered && icmp === null) return null;
    const kind = isRefused ? 'refused' : icmp === null ? 'unanswered' : 'undeliverable';
    const end = markOf(firstEnd?.mark ?? (icmp === null ? last : (tcp.client.undelivered?.mark ?? last)));
    const spentMs = millisecondsBetween(syn, end);
    const packets = [syn.packet, end.packet];
    const attempts = neighbours.failedAttempts(record, unansweredSyns);
    const {
      count: tries,
      syns,
      firstId,
    } = attempts ?? { count: 1, syns: tcp.client.syns, firstId: record.id };
    const tried = count(tries, 'attempt');
    const isFirst = firstId === record.id;
    const all = MESSAGES[isRefused ? 'all-refused' : 'all-failed'];
    const where = { address: server.address, port: server.port };
    return {
      kind,
      // A client that is refused at one address of a host and served at the other has lost nothing.
      severity: isRefused && neighbours.wasServedByOtherFamily(record) ? 'info' : 'error',
      message: `${fill(MESSAGES[kind], {
        ...where,
        syns: kind === 'undeliverable' ? count(tcp.client.syns, 'SYN') : tcp.client.syns,
        icmp: icmp ?? '',
        later: hasTimes ? ` ${formatDuration(spentMs)} later` : '',
        during: hasTimes ? ` in ${formatDuration(spentMs)}` : '',
        packets: packetList(packets),
      })}${isFirst && tries > 1 ? fill(all, { attempts: tried }) : ''}`,
      ...(isFirst
        ? {
            headline: headlineOf(kind, {
              ...where,
              attempts: tried,
              icmp: icmp ?? '',
              syns: count(syns, 'SYN'),
            }),
          }
        : { follows: { rule: 'connection-refused', id: firstId } }),
      advice: isRefused
        ? 'Look at whether the server runs and listens on that address and port (a crash, a restart, another port), and for a firewall that answers with RST.'
        : kind === 'undeliverable'
          ? adviceFor(tcp.client.undelivered?.reason ?? null)
          : 'Look at whether that host is up and reachable, for a firewall or security group that drops packets, and for a server whose queue of connections is full.',
      packets,
      at: end,
      evidence: {
        syns: tcp.client.syns,
        attempts: tries,
        afterMs: hasTimes ? spentMs : null,
        address: server.address,
        port: server.port,
        icmp: kind === 'undeliverable' ? (tcp.client.undelivered?.reason ?? null) : null,
      },
    };
  },
};

function headlineOf(
  kind: 'refused' | 'undeliverable' | 'unanswered',
  values: Readonly<Record<'address' | 'attempts' | 'icmp' | 'syns', string>> & { readonly port: number },
): string {
  if (kind === 'unanswered') return fill(MESSAGES['headline-unanswered'], values);
  if (kind === 'undeliverable') return fill(MESSAGES['headline-undeliverable'], values);
  return fill(MESSAGES['headline-refused'], { ...values, attempts: `${values.attempts} to connect` });
}

function adviceFor(reason: string | null): string {
  return reason === 'administratively prohibited' || reason === 'port unreachable'
    ? 'A firewall or router rejects these packets: look at the rules of the host that sent the ICMP message.'
    : 'Look at whether the host is up, and at the routes to it, beginning with the host that sent the ICMP message.';
}

/** TCP's handshake was not completed, as far as the capture shows. */
function isUnopened({ upgrade, opening, tcp }: ConnectionRecord): boolean {
  return (
    upgrade === null &&
    opening === null &&
    tcp.server.syn === null &&
    tcp.server.streamBytes === 0 &&
    tcp.client.streamBytes === 0
  );
}
