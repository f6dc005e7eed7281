/** half-open: one side sends again and again, and the other acknowledges nothing: it is gone, or the path to it is. */
import type { TcpSideFacts } from '../connection/record.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { eachTcpSide } from '../judgement/sides.ts';
import { packetList, since } from '../judgement/wording.ts';

const MESSAGES = {
  data: 'The {side} sent the same data again {times} ({packets}{over}), and the {other} acknowledged none of it{silent}.',
  probe:
    'The {side} sent {times} of a keep-alive probe ({packets}{over}), and the {other} answered none of them{silent}.',
} as const;

const OPTIONS = {
  retransmissions: {
    default: 3,
    unit: 'count',
    description:
      'data that was sent again this often without an acknowledgement counts as lost on a dead connection',
  },
} as const;

export const halfOpen: Rule<typeof OPTIONS> = {
  id: 'half-open',
  title: 'One side was gone while the other still sent',
  severity: 'warning',
  section: 'Liveness',
  place: 4,
  spec: 'RFC 9293 §3.5.1 (half-open connections), §3.8.3, §3.8.4',
  options: OPTIONS,
  messages: MESSAGES,
  requires: ['both-directions', 'first-end'],
  check: (record, context, { retransmissions }) =>
    eachTcpSide(record, (side, other) => vanished(side, other, context, retransmissions)),
};

function vanished(
  side: TcpSideFacts,
  other: TcpSideFacts,
  { hasTimes }: RuleContext,
  minimum: number,
): Finding | null {
  const { unacknowledged } = side.trouble;
  if (unacknowledged === null || unacknowledged.retransmissions < minimum) return null;
  const { retransmissions, first, last, isProbe } = unacknowledged;
  // A side that had sent FIN or RST before is not silently gone.
  if ([other.fin, other.rst].some((end) => end !== null && end.packet < first.packet)) return null;
  const kind = isProbe ? 'probe' : 'data';
  const { lastByte } = other;
  return {
    kind,
    severity: 'warning',
    message: fill(MESSAGES[kind], {
      side: side.role,
      other: other.role,
      times: describeTimes(retransmissions, isProbe),
      packets: packetList([first.packet, last.packet]),
      over: hasTimes && last.packet !== first.packet ? `, within ${since(first, last)}` : '',
      silent:
        lastByte === null
          ? ''
          : `; its last bytes had come ${hasTimes ? `${since(lastByte, first)} before` : 'before'} (packet ${lastByte.packet})`,
    }),
    advice:
      `Look at what became of the ${other.role}, or of the path to it: a device that went to sleep or changed networks, a NAT or ` +
      'firewall that forgot the connection, a host that died. Pings with a time limit find such connections; TCP alone takes minutes.',
    packets: [...(lastByte === null ? [] : [lastByte.packet]), first.packet, last.packet].toSorted(
      (a, b) => a - b,
    ),
    at: first,
    evidence: {
      by: side.role,
      isProbe,
      retransmissions,
      retransmittedForMs: hasTimes ? millisecondsBetween(first, last) : null,
      lastBytePacket: lastByte?.packet ?? null,
      silentMs: hasTimes && lastByte !== null ? millisecondsBetween(lastByte, last) : null,
    },
  };
}

function describeTimes(number: number, isProbe: boolean): string {
  return isProbe ? `${number} repetitions` : `${number} times`;
}
