/** app-heartbeat-missing: an application's own heartbeat stayed without an answer, or did not come, and the connection was given up. */
import { formatDuration } from '../basics/format-duration.ts';
import type { ConnectionRecord, Role } from '../connection/record.ts';
import { firstLeave, heartbeatTrouble, type HeartbeatTrouble, type Leave } from '../judgement/application.ts';
import { fill } from '../judgement/fill.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { watchedUntil } from '../judgement/watched-until.ts';
import { afterOpening, describeClose } from '../judgement/wording.ts';

const MESSAGES = {
  unanswered:
    "The {other} did not answer the {side}'s {protocol} heartbeat sent {when} (packet {beat}){more}: {waited} later, {until}, no answer had come. {limit}.",
  overdue: 'The {side} sent no {protocol} heartbeat for {waited} (since packet {beat}), {until}. {limit}.',
} as const;

export const appHeartbeatMissing: Rule = {
  id: 'app-heartbeat-missing',
  title: "An application's heartbeat was not answered, or did not come",
  severity: 'warning',
  section: 'Liveness',
  place: 5,
  explainsEnd: 17,
  missesAnswer: true,
  follows: ['half-open'],
  spec: 'Engine.IO protocol 3 and 4; MQTT 3.1.1 and 5, §3.1.2.10, §3.12',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes', 'both-directions', 'frames-of-both-sides', 'first-end', 'times'],
  check(record, context) {
    if (record.openedAt === null || (record.application?.heartbeat ?? null) === null) return null;
    const leave = firstLeave(record);
    const trouble = heartbeatTrouble(record, leave ?? watchedUntil(record, context).mark, leave?.by ?? null);
    return trouble === null ? null : finding(record, context, trouble, leave);
  },
};

function finding(
  record: ConnectionRecord,
  context: RuleContext,
  { kind, waiting, since: first, waitedMs, limitMs }: HeartbeatTrouble,
  leave: Leave | null,
): Finding | null {
  const { application } = record;
  const heartbeat = application?.heartbeat ?? null;
  if (application === null || heartbeat === null) return null;
  const late: Role = waiting === 'client' ? 'server' : 'client';
  const protocol = application.protocol === 'mqtt' ? 'MQTT' : 'Engine.IO';
  const watched = watchedUntil(record, context);
  const count = kind === 'unanswered' ? (heartbeat.unanswered?.count ?? 1) : 0;
  const stated = heartbeat.isStated ? 'as the capture says' : 'by default';
  return {
    kind,
    severity: 'warning',
    message: fill(MESSAGES[kind], {
      side: kind === 'unanswered' ? waiting : late,
      other: late,
      protocol,
      when: afterOpening(record, first, context),
      beat: first.packet,
      more:
        count <= 1 ? '' : `, nor ${count - 1} more up to packet ${heartbeat.unanswered?.last.packet ?? 0}`,
      waited: formatDuration(waitedMs),
      until: leave === null ? `at ${watched.text}` : untilText(leave),
      limit: `The limit is ${formatDuration(limitMs)}, ${stated}`,
    }),
    advice:
      `Look at whether the ${late} still lived at that time: a device that slept, a page in the background, an event loop that hung, ` +
      `a network path that was gone (does TCP acknowledge what the ${waiting} sent?).`,
    packets: [...new Set([first.packet, leave?.mark.packet ?? record.last.packet])].toSorted((a, b) => a - b),
    at: { packet: first.packet, seconds: first.seconds, nanoseconds: first.nanoseconds },
    evidence: {
      by: waiting,
      protocol: application.protocol,
      unanswered: kind === 'unanswered' ? count : 1,
      waitedMs,
      limitMs,
      stated: heartbeat.isStated,
      heartbeatPacket: first.packet,
    },
  };
}

function untilText({ by, close, how, mark }: Leave): string {
  return close === null
    ? `when the ${by} ended the connection with ${how.toUpperCase()} (packet ${mark.packet})`
    : `when the ${by} sent ${describeClose(close)} (packet ${mark.packet})`;
}
