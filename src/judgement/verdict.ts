/** The one word for a connection. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { Judgement } from './judgement.ts';

export type Verdict =
  'handshake-close' | 'rejected' | 'unanswered' | 'abnormal' | 'clean' | 'open' | 'unknown';

export function verdictOf(record: ConnectionRecord, judgement: Judgement): Verdict {
  return record.openedAt === null ? verdictUnopened(record, judgement) : verdictOpened(record, judgement);
}

/** Of a connection that became no WebSocket, as far as the capture shows. */
function verdictUnopened({ upgrade }: ConnectionRecord, { anomalies }: Judgement): Verdict {
  const has = (rule: string) => anomalies.some((anomaly) => anomaly.rule === rule);
  if (upgrade === null) {
    return has('closed-before-request') || has('connection-refused') ? 'abnormal' : 'unknown';
  }
  if (upgrade.response === null) return has('upgrade-unanswered') ? 'unanswered' : 'unknown';
  return 'rejected';
}

/** Of a WebSocket, whether its 101 was captured or only its frames. */
function verdictOpened(record: ConnectionRecord, { anomalies, withheld }: Judgement): Verdict {
  const has = (rule: string) => anomalies.some((anomaly) => anomaly.rule === rule);
  // As info it only says that a short session was ended by the client.
  if (anomalies.some(({ rule, severity }) => rule === 'handshake-close' && severity !== 'info')) {
    return 'handshake-close';
  }
  if (has('abnormal-closure') || has('client-handshake-close')) return 'abnormal';
  if (withheld.some(({ rule }) => rule === 'abnormal-closure')) return 'unknown';
  if (record.firstEnd !== null) return 'clean';
  return record.endedBy === 'evicted' ? 'unknown' : 'open';
}
