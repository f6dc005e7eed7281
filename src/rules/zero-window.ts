/** zero-window: a receiver that does not read, so that its peer must not send. */
import type { TcpSideFacts } from '../connection/record.ts';
import { fill } from '../judgement/fill.ts';
import { formatDuration } from '../basics/format-duration.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import { eachTcpSide } from '../judgement/sides.ts';
import { packetList } from '../judgement/wording.ts';

const MESSAGES = {
  reopened:
    'The {side} advertised a receive window of 0 for {shut} ({packets}){more}: it did not read what the {other} sent, which had to wait.',
  'not-reopened':
    'The {side} advertised a receive window of 0 for {shut} and did not open it again in the capture ({packets}){more}: it did not read what the {other} sent, which had to wait.',
} as const;

const OPTIONS = {
  thresholdMs: {
    default: 1000,
    unit: 'ms',
    description: 'a receive window that stays at 0 for longer than this is reported',
  },
} as const;

export const zeroWindow: Rule<typeof OPTIONS> = {
  id: 'zero-window',
  title: 'A receiver did not read, and its window stayed shut',
  severity: 'warning',
  section: 'TCP',
  place: 1,
  spec: 'RFC 9293 §3.8.6.1',
  options: OPTIONS,
  messages: MESSAGES,
  requires: ['both-directions', 'every-packet', 'times'],
  check: (record, _context, { thresholdMs }) =>
    eachTcpSide(record, (side, other) => notReading(side, other, thresholdMs)),
};

function notReading(side: TcpSideFacts, other: TcpSideFacts, thresholdMs: number): Finding | null {
  const { zeroWindow: shut } = side.trouble;
  if (shut === null || shut.longestMs <= thresholdMs) return null;
  const { count, longestMs, from, until, isReopened } = shut;
  const kind = isReopened ? 'reopened' : 'not-reopened';
  return {
    kind,
    severity: 'warning',
    message: fill(MESSAGES[kind], {
      side: side.role,
      other: other.role,
      shut: formatDuration(longestMs),
      packets: packetList([from.packet, until.packet]),
      more: count === 1 ? '' : `, the longest of ${count} times`,
    }),
    advice:
      side.role === 'server'
        ? 'Look at what kept the server from reading: a handler that blocks the event loop, a queue that is full, a slow call to another service for each message.'
        : 'Look at what kept the client from reading: a tab in the background, a loop that blocks, a slow consumer. The server keeps what it ' +
          'can not send in memory: look at its send queue as well.',
    packets: [from.packet, until.packet],
    at: from,
    evidence: { by: side.role, longestMs, count, isReopened },
  };
}
