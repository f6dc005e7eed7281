/** retransmissions: how much of a side's data was sent again. */
import type { ConnectionRecord, TcpSideFacts } from '../connection/record.ts';
import { fill } from '../judgement/fill.ts';
import type { Finding, OptionValues, Rule } from '../judgement/rule.ts';
import { eachTcpSide } from '../judgement/sides.ts';

const MESSAGES = {
  some: 'The {side} sent {retransmissions} of {segments} data segments again ({percent} %){first}.',
  many: 'The {side} sent {retransmissions} of {segments} data segments again ({percent} %){first}: the path loses packets, or delays them for long.',
} as const;

const OPTIONS = {
  minimum: {
    default: 3,
    unit: 'count',
    description: 'fewer retransmissions of one side than this are not reported',
  },
  warningPercent: {
    default: 5,
    unit: 'percent',
    description: 'a larger share of data segments sent again than this is a warning',
  },
} as const;

export const retransmissions: Rule<typeof OPTIONS> = {
  id: 'retransmissions',
  title: 'Data segments were sent again',
  severity: 'warning',
  section: 'TCP',
  place: 2,
  follows: ['half-open', 'reset-from-between'],
  spec: 'RFC 9293 §3.8.1; RFC 6298',
  options: OPTIONS,
  messages: MESSAGES,
  requires: ['own-packets'],
  check: (record, _context, options) => eachTcpSide(record, (side) => sentAgain(side, record, options)),
};

function sentAgain(
  { role, retransmissions: all, segments, trouble }: TcpSideFacts,
  { first }: ConnectionRecord,
  { minimum, warningPercent }: OptionValues<typeof OPTIONS>,
): Finding | null {
  const { unacknowledged, firstRetransmission } = trouble;
  // Retransmissions to a side that is gone say nothing about the path before; half-open reports them.
  const count = unacknowledged?.isProbe === false ? all - unacknowledged.retransmissions : all;
  if (count < minimum || count <= 0) return null;
  const percent = (100 * count) / segments;
  const kind = percent > warningPercent ? 'many' : 'some';
  return {
    kind,
    severity: kind === 'many' ? 'warning' : 'info',
    message: fill(MESSAGES[kind], {
      side: role,
      retransmissions: count,
      segments,
      percent: rounded(percent),
      first:
        firstRetransmission === null ? '' : `, for the first time in packet ${firstRetransmission.packet}`,
    }),
    advice:
      kind === 'many'
        ? `Messages of the ${role} arrive late and in bursts. Look at the network between the two: a radio link, an overloaded link or host, ` +
          'a wrong MTU where only large segments are affected.'
        : 'A few are ordinary; each one delays the messages behind it by a round trip or more.',
    packets: firstRetransmission === null ? [] : [firstRetransmission.packet],
    at: firstRetransmission ?? first,
    evidence: { by: role, retransmissions: count, segments, percent: rounded(percent) },
  };
}

/** To a tenth of a percent. */
function rounded(percent: number): number {
  return Math.round(percent * 10) / 10;
}
