/** The one word for a connection. */
import { upgradeResponse, type ConnectionRecord } from '../connection/record.ts';
import type { Judgement } from './engine.ts';

export type Verdict =
  'handshake-close' | 'rejected' | 'unanswered' | 'abnormal' | 'clean' | 'open' | 'unknown';

export function verdictOf(record: ConnectionRecord, { anomalies, withheld }: Judgement): Verdict {
  const has = (rule: string) => anomalies.some((anomaly) => anomaly.rule === rule);
  const { upgrade, firstEnd } = record;
  if (upgrade === null) return has('closed-before-request') ? 'abnormal' : 'unknown';
  if (upgrade.response === null) return has('upgrade-unanswered') ? 'unanswered' : 'unknown';
  if (upgradeResponse(record) === null) return 'rejected';
  // As info it only says that a short session was ended by the client.
  if (anomalies.some(({ rule, severity }) => rule === 'handshake-close' && severity !== 'info')) {
    return 'handshake-close';
  }
  if (has('abnormal-closure') || has('client-handshake-close')) return 'abnormal';
  if (withheld.some(({ rule }) => rule === 'abnormal-closure')) return 'unknown';
  if (firstEnd !== null) return 'clean';
  return record.endedBy === 'evicted' ? 'unknown' : 'open';
}
