/**
 * Tells the findings of single connections which finding over the whole capture they follow from. That is known only at the
 * end, when the connections have been reported.
 */
import type { AnomalyReport, ConnectionReport, CrossAnomalyReport, SamePairReport } from './model.ts';

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

/** Tells connections which other one is the same WebSocket, in place. Of several the nearest in front is named. */
export function linkSame(pairs: readonly SamePairReport[], connections: readonly ConnectionReport[]): void {
  if (pairs.length === 0) return;
  const wanted = new Map<string, ConnectionReport['sameAs']>();
  for (const { front, back } of pairs) {
    wanted.set(back, { ref: front, as: 'front' });
    if (!wanted.has(front)) wanted.set(front, { ref: back, as: 'back' });
  }
  for (const connection of connections) {
    const sameAs = wanted.get(connection.ref);
    if (sameAs !== undefined) connection.sameAs ??= sameAs;
  }
}

function keyOf(rule: string, ref: string): string {
  return `${rule} ${ref}`;
}
