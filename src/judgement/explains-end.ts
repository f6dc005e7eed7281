/** Which of a connection's anomalies says why it ended. */
import type { Anomaly } from './rule.ts';
import { GRAVITY } from './settings.ts';

/** Rules whose findings explain why a connection ended; of two of one severity the first one says more. */
const EXPLAINS_END: readonly string[] = [
  'handshake-close',
  'upgrade-rejected',
  'upgrade-unanswered',
  'accept-mismatch',
  'upgrade-response-invalid',
  'idle-timeout',
  'client-handshake-close',
  'error-close-code',
  'abnormal-closure',
  'close-unanswered',
];

/** The rule of the gravest anomaly that explains the end; null where no rule found fault with it. */
export function ruleThatExplainsEnd(anomalies: readonly Anomaly[]): string | null {
  const [gravest] = anomalies
    .filter(({ rule }) => EXPLAINS_END.includes(rule))
    .sort(
      (a, b) =>
        GRAVITY[b.severity] - GRAVITY[a.severity] ||
        EXPLAINS_END.indexOf(a.rule) - EXPLAINS_END.indexOf(b.rule),
    );
  return gravest?.rule ?? null;
}
