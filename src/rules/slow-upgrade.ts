/** slow-upgrade: a long time between the last byte of the request and the last byte of the 101's head. */
import { upgradeResponse } from '../connection/record.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { headerValue } from '../http/head.ts';
import { markOf } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { packetList, quoted } from '../judgement/wording.ts';

const OPTIONS = {
  thresholdMs: {
    default: 1000,
    unit: 'ms',
    description: 'a 101 that comes later than this after its request counts as slow',
  },
} as const;

const MESSAGES = {
  slow: 'The 101 came {waited} after the upgrade request for {target} ({packets}).',
} as const;

export const slowUpgrade: Rule<typeof OPTIONS> = {
  id: 'slow-upgrade',
  title: 'The upgrade took long',
  severity: 'warning',
  section: 'Opening handshake',
  place: 5,
  spoilsUpgrade: true,
  spec: 'RFC 6455 §4.1; experience',
  requires: ['times', 'whole-heads', 'pairs'],
  options: OPTIONS,
  messages: MESSAGES,
  check(record, _context, { thresholdMs }) {
    const response = upgradeResponse(record);
    const request = record.upgrade?.request ?? null;
    if (response === null || request === null) return null;
    const waitedMs = millisecondsBetween(request, response);
    if (waitedMs <= thresholdMs) return null;
    const packets = [request.packet, response.packet];
    return {
      kind: 'slow',
      severity: 'warning',
      message: fill(MESSAGES.slow, {
        waited: formatDuration(waitedMs),
        target: quoted(request.head.target),
        packets: packetList(packets),
      }),
      advice:
        'Look at what the server does before it accepts: a login, a database or a backend that it asks first, a full ' +
        'worker pool. With a proxy in between, capture behind it as well to see which of the two is slow.',
      packets,
      at: markOf(response),
      evidence: { waitedMs, thresholdMs, server: headerValue(response.head, 'server') },
    };
  },
};
