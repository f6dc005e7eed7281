/**
 * flow-forgotten: after a long silence the first data was answered by a bare RST: whoever answered no longer knew the
 * connection. That is what is left of a connection that a NAT, a firewall or a load balancer has forgotten.
 */
import { formatDuration } from '../basics/format-duration.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { describeHopLimits, relativeTo } from '../judgement/wording.ts';

const MESSAGES = {
  forgotten:
    'Neither side had sent a byte for {silence} when the {other} sent data again (packet {data}). {later} it, a bare RST in the name of the {by} answered (packet {packet}){hopLimit}: whoever sent that RST did not know the connection any more.',
} as const;

export const flowForgotten: Rule = {
  id: 'flow-forgotten',
  title: 'The connection had been forgotten',
  severity: 'error',
  section: 'Closing',
  place: 7,
  verdict: 'abnormal',
  explainsEnd: 12,
  covers: [{ rule: 'abnormal-closure' }, { rule: 'reset-from-between' }, { rule: 'close-unanswered' }],
  spec: 'RFC 9293 §3.5.1, §3.10.7.1 (a RST for a connection that does not exist); RFC 5382 §5 (NAT timers)',
  options: {},
  messages: MESSAGES,
  requires: ['both-directions', 'first-end', 'times'],
  check(record) {
    const { firstEnd, openedAt, tcp } = record;
    if (openedAt === null || firstEnd === null) return null;
    const { by, mark, forged } = firstEnd;
    const silence = firstEnd.how === 'rst' ? (tcp[by].reset?.afterSilence ?? null) : null;
    if (silence === null) return null;
    const other = by === 'client' ? 'server' : 'client';
    const silentMs = millisecondsBetween(silence.from, silence.until);
    const hopLimit = describeHopLimits(record, by);
    return {
      kind: 'forgotten',
      severity: 'error',
      message: fill(MESSAGES.forgotten, {
        silence: formatDuration(silentMs),
        other,
        by,
        data: silence.until.packet,
        later: relativeTo(silence.until, mark),
        packet: mark.packet,
        hopLimit: hopLimit === null ? '' : `, with ${hopLimit}`,
      }),
      advice:
        forged === null
          ? `Nobody had closed it. A NAT, firewall or load balancer on the way forgets silent connections (AWS NLB after 350 s, Azure after 4 min, others after 5 to 60 min); or the ${by} had restarted, or its system had suspended the program. ` +
            `Have one side send pings more often. The ${by} may still believe that it is connected.`
          : `The ${by} did not close it, and may still believe that it is connected: a NAT, firewall or load balancer on the way had forgotten the silent connection ` +
            '(AWS NLB after 350 s, Azure after 4 min, others after 5 to 60 min). Have one side send pings more often.',
      packets: [silence.from.packet, silence.until.packet, mark.packet],
      at: mark,
      evidence: {
        by,
        silentMs,
        afterDataMs: millisecondsBetween(silence.until, mark),
        forged,
        hopLimit: tcp[by].reset?.hopLimit ?? null,
      },
    };
  },
};
