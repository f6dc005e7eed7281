/**
 * Tells the findings of single connections which finding over the whole capture they follow from. That is known only at the
 * end, when the connections have been reported.
 */
import type { AnomalyReport, ConnectionReport, CrossAnomalyReport } from './model.ts';

/** Changes the findings in place. A finding that follows from another one of its own connection keeps that. */
export function linkFollowers(
  anomalies: readonly CrossAnomalyReport[],
  connections: readonly ConnectionReport[],
): void {
  const wanted = new Map<string, AnomalyReport['follows']>();
  for (const { rule, refs, followers } of anomalies) {
    const [ref] = refs;
    if (ref === undefined) continue;
    for (const follower of followers) {
      const key = keyOf(follower.rule, follower.ref);
      if (!wanted.has(key)) wanted.set(key, { rule, ref });
    }
  }
  if (wanted.size === 0) return;
  for (const connection of connections) {
    for (const anomaly of connection.anomalies) {
      anomaly.follows ??= wanted.get(keyOf(anomaly.rule, connection.ref)) ?? null;
    }
  }
}

function keyOf(rule: string, ref: string): string {
  return `${rule} ${ref}`;
}
