/** upgrade-unanswered: a complete upgrade request, and no response head. */
import type { ConnectionRecord } from '../connection/record.ts';
import { elapsedMs } from '../timestamp.ts';
import { formatDuration } from '../format-duration.ts';
import type { Rule } from './rule.ts';
import { quoted } from './wording.ts';

/** A server that has said nothing for so long counts as silent, even where the connection is still open. */
const SILENCE_MS = 5000;

export const upgradeUnanswered: Rule = {
  id: 'upgrade-unanswered',
  title: 'The upgrade request was never answered',
  severity: 'error',
  spec: 'RFC 6455 §4.1, §4.2.2',
  requires: ['both-directions', 'bytes-of-server', 'pairs'],
  check(record, { hasTimes }) {
    const { upgrade, firstEnd, last, serverSide } = record;
    const request = upgrade?.request ?? null;
    if (upgrade === null || request === null || upgrade.response !== null) return null;
    const end = firstEnd?.mark ?? last;
    const waitedMs = elapsedMs(request, end);
    if (firstEnd === null && waitedMs < SILENCE_MS) return null;
    const packets = [request.packet, end.packet];
    const bytes =
      serverSide.streamBytes === 0 ? 'not one byte came back' : 'what came back holds no answer to it';
    return {
      severity: 'error',
      message:
        `The upgrade request for ${quoted(request.head.target)} (packet ${request.packet}) was never answered: ` +
        `${bytes}, and ${how(record)}${hasTimes ? ` ${formatDuration(waitedMs)} later` : ''} (packet ${end.packet}).`,
      advice:
        firstEnd?.by === 'server'
          ? "Look at the server's log at that time: it took the request and hung up, as a handler that throws does, or a port that speaks something else."
          : 'Look at whether the server (or the proxy) got as far as its handler: a worker that hangs, a backend that does not accept.',
      packets,
      at: end,
      evidence: {
        waitedMs: hasTimes ? waitedMs : null,
        endedBy: firstEnd?.by ?? null,
        how: firstEnd?.how ?? null,
      },
    };
  },
};

function how({ firstEnd }: ConnectionRecord): string {
  return firstEnd === null
    ? 'nothing had happened'
    : `the ${firstEnd.by} ended the connection with ${firstEnd.how.toUpperCase()}`;
}
