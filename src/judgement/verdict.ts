/** Which verdict a connection gets: from its record, and from the verdicts that its findings lead to. */
import type { Verdict } from '../basics/verdict.ts';
import type { ConnectionRecord } from '../connection/record.ts';
import type { Judgement } from './judgement.ts';

export function verdictOf(record: ConnectionRecord, judgement: Judgement): Verdict {
  return record.openedAt === null ? verdictUnopened(record, judgement) : verdictOpened(record, judgement);
}

/** The verdict of a connection that did not become a WebSocket, as far as the capture shows. */
function verdictUnopened({ upgrade }: ConnectionRecord, judgement: Judgement): Verdict {
  if (upgrade === null) return leadsTo('abnormal', judgement) ? 'abnormal' : 'unknown';
  if (upgrade.response === null) {
    // Information counts here: that the client left soon makes the request no less unanswered.
    if (judgement.anomalies.some(({ meta }) => meta.verdict === 'unanswered')) return 'unanswered';
    return leadsTo('abnormal', judgement) ? 'abnormal' : 'unknown';
  }
  return 'rejected';
}

/** The verdict of a WebSocket, whether its 101 was captured or only its frames. */
function verdictOpened(record: ConnectionRecord, judgement: Judgement): Verdict {
  if (leadsTo('handshake-close', judgement)) return 'handshake-close';
  if (leadsTo('abnormal', judgement)) return 'abnormal';
  if (judgement.withheld.some(({ meta }) => meta.isVerdict === true && meta.verdict === 'abnormal'))
    return 'unknown';
  if (record.firstEnd !== null) return 'clean';
  return record.endedBy === 'evicted' ? 'unknown' : 'open';
}

/**
 * A finding that is only information does not count: such a handshake-close says that the client ended a
 * short session.
 */
function leadsTo(verdict: Verdict, { anomalies }: Judgement): boolean {
  return anomalies.some(({ meta, severity }) => meta.verdict === verdict && severity !== 'info');
}
