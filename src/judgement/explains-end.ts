/** Which of a connection's anomalies says why it ended. */
import { compareSeverity } from '../basics/severity.ts';
import type { Anomaly } from './rule.ts';

/**
 * The rule of the gravest anomaly that explains the end. Among equally grave ones, the one that explains most
 * counts (`explainsEnd`). null where no rule found fault with the end.
 */
export function ruleThatExplainsEnd(anomalies: readonly Anomaly[]): string | null {
  let best: Anomaly | null = null;
  for (const anomaly of anomalies) {
    if (anomaly.meta.explainsEnd !== undefined && (best === null || explainsMore(anomaly, best)))
      best = anomaly;
  }
  return best?.rule ?? null;
}

function explainsMore(one: Anomaly, other: Anomaly): boolean {
  const order = compareSeverity(one.severity, other.severity);
  return order < 0 || (order === 0 && rankOf(one) < rankOf(other));
}

function rankOf({ meta }: Anomaly): number {
  return meta.explainsEnd ?? Infinity;
}
