/** app-goodbye: one side said goodbye in the words of its application before the connection ended: who ended it then only followed. */
import { firstLeave, goodbyeOf } from '../judgement/application.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { afterOpening, since } from '../judgement/wording.ts';

const MESSAGES = {
  goodbye:
    'The {role} said goodbye with {goodbye} {when} (packet {packet}); {later} later the {by} {ended} (packet {endPacket}).',
} as const;

export const appGoodbye: Rule = {
  id: 'app-goodbye',
  title: 'One side said goodbye in the words of its application',
  severity: 'info',
  section: 'Closing',
  place: 5,
  verdict: 'closed',
  explainsEnd: 18,
  covers: [{ rule: 'abnormal-closure' }, { rule: 'close-unanswered' }],
  spec: 'MQTT 3.1.1 and 5, §3.14; Engine.IO protocol; Socket.IO protocol',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes', 'both-directions', 'times'],
  check(record, context) {
    const { application, clientSide, serverSide } = record;
    // Where both sides closed the WebSocket in order, the goodbye explains nothing more.
    if (application === null || (clientSide.closeFrame !== null && serverSide.closeFrame !== null))
      return null;
    const goodbye = goodbyeOf(record);
    const leave = firstLeave(record);
    if (goodbye === null || leave === null) return null;
    const { from, text, packet, seconds, nanoseconds } = goodbye;
    return {
      kind: 'goodbye',
      severity: 'info',
      message: fill(MESSAGES.goodbye, {
        role: from,
        goodbye: text,
        when: afterOpening(record, goodbye, context),
        packet,
        later: since(goodbye, leave),
        by: leave.by,
        ended:
          leave.how === 'close' ? 'sent a Close' : `ended the connection with ${leave.how.toUpperCase()}`,
        endPacket: leave.packet,
      }),
      advice: 'This is how a session of this protocol ends: there is nothing to mend.',
      packets: [...new Set([packet, leave.packet])].toSorted((a, b) => a - b),
      at: { packet, seconds, nanoseconds },
      evidence: { by: from, goodbye: text, endedBy: leave.by, how: leave.how },
    };
  },
};
