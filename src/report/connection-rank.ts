/** Which connections matter most: what the table shows first, what it may fold, what the headline counts. */
import { compareSeverity, type Severity } from '../basics/severity.ts';
import { isBadVerdict } from '../basics/verdict.ts';
import type { AnomalyReport, ConnectionReport, Report } from './model.ts';

/** An anomaly with the connections that it concerns: one, or several for a rule across connections. */
export interface PlacedAnomaly {
  anomaly: AnomalyReport;
  connections: readonly number[];
  across: boolean;
}

export interface RankedConnection {
  connection: ConnectionReport;
  /** The severity of its worst anomaly, its own or one across connections; null if it has none. */
  severity: Severity | null;
  /** Its own anomalies and those across connections that name it, worst first. */
  anomalies: readonly AnomalyReport[];
}

const NONE: readonly AnomalyReport[] = [];

/** Worst first, then by id. */
export function rankConnections(report: Report): RankedConnection[] {
  const across = new Map<number, AnomalyReport[]>();
  for (const anomaly of report.anomalies) {
    for (const id of anomaly.connections) across.set(id, [...(across.get(id) ?? []), anomaly]);
  }
  return report.connections
    .map((connection) => {
      const others = across.get(connection.id);
      // In a capture of a million connections, nearly all have no anomaly: share one empty list.
      if (others === undefined && connection.anomalies.length === 0)
        return { connection, anomalies: NONE, severity: worstOf(connection, NONE) };
      const anomalies = [...connection.anomalies, ...(others ?? [])];
      anomalies.sort((a, b) => compareSeverity(a.severity, b.severity));
      return { connection, anomalies, severity: worstOf(connection, anomalies) };
    })
    .sort((a, b) => compareSeverity(a.severity, b.severity) || a.connection.id - b.connection.id);
}

/** A bad verdict counts, even if the rule that would report it was withheld, for instance after a gap. */
function worstOf({ verdict }: ConnectionReport, anomalies: readonly AnomalyReport[]): Severity | null {
  return anomalies[0]?.severity ?? (isBadVerdict(verdict) ? 'warning' : null);
}

/** An error or a warning: an info never makes a connection a problem. */
export function isProblem({ severity }: RankedConnection): boolean {
  return severity === 'error' || severity === 'warning';
}

/**
 * All anomalies, worst first. Those across connections come before those of one connection, since they often explain
 * them.
 */
export function placeAnomalies(report: Report): PlacedAnomaly[] {
  return [
    ...report.anomalies.map((anomaly) => ({ anomaly, connections: anomaly.connections, across: true })),
    ...report.connections
      .toSorted((a, b) => a.id - b.id)
      .filter(({ anomalies }) => anomalies.length > 0)
      .flatMap(({ id, anomalies }) =>
        anomalies.map((anomaly) => ({ anomaly, connections: [id], across: false })),
      ),
  ].sort((a, b) => compareSeverity(a.anomaly.severity, b.anomaly.severity));
}
