/** upgrade-unanswered: a complete upgrade request, and no response head. */
import { markOf } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { watchedUntil } from '../judgement/watched-until.ts';
import { quoted } from '../judgement/wording.ts';

const OPTIONS = {
  silenceMs: {
    default: 5000,
    unit: 'ms',
    description:
      'a server that says nothing for this long counts as silent, even where the connection is still open',
  },
} as const;

const MESSAGES = {
  ended:
    'The upgrade request for {target} (packet {request}) was never answered: {bytes}, and the {by} ended the connection with {how}{later} (packet {packet}).',
  silent:
    'The upgrade request for {target} (packet {request}) was never answered: {bytes}, and nothing had happened{later}, at {until}.',
} as const;

export const upgradeUnanswered: Rule<typeof OPTIONS> = {
  id: 'upgrade-unanswered',
  title: 'The upgrade request was never answered',
  severity: 'error',
  section: 'Opening handshake',
  place: 4,
  verdict: 'unanswered',
  isVerdict: true,
  explainsEnd: 3,
  spec: 'RFC 6455 §4.1, §4.2.2',
  requires: [
    'both-directions',
    'bytes-of-server',
    'pairs',
    'packets-of-client',
    'packets-after-request',
    'first-end',
  ],
  options: OPTIONS,
  messages: MESSAGES,
  check(record, context, { silenceMs }) {
    const { hasTimes } = context;
    const { upgrade, firstEnd, last, tcp } = record;
    const request = upgrade?.request ?? null;
    if (upgrade === null || request === null || upgrade.response !== null) return null;
    const watched = watchedUntil(record, context);
    const end = firstEnd?.mark ?? watched.mark;
    const waitedMs = millisecondsBetween(request, end);
    if (firstEnd === null && waitedMs < silenceMs) return null;
    const packets = [...new Set([request.packet, firstEnd?.mark.packet ?? last.packet])];
    const bytes =
      tcp.server.streamBytes === 0 ? 'not one byte came back' : 'what came back holds no answer to it';
    const kind = firstEnd === null ? 'silent' : 'ended';
    return {
      kind,
      severity: 'error',
      message: fill(MESSAGES[kind], {
        target: quoted(request.head.target),
        request: request.packet,
        bytes,
        by: firstEnd?.by ?? '',
        how: firstEnd?.how.toUpperCase() ?? '',
        later: hasTimes ? ` ${formatDuration(waitedMs)} later` : '',
        packet: end.packet,
        until: watched.text,
      }),
      advice:
        firstEnd?.by === 'server'
          ? "Look at the server's log at that time: it took the request and hung up, as a handler that throws does, or a port that speaks something else."
          : 'Look at whether the server (or the proxy) got as far as its handler: a worker that hangs, a backend that does not accept.',
      packets,
      at: firstEnd?.mark ?? markOf(last),
      evidence: {
        waitedMs: hasTimes ? waitedMs : null,
        endedBy: firstEnd?.by ?? null,
        how: firstEnd?.how ?? null,
      },
    };
  },
};
