/** Which connections matter most: what the table shows first, what it may fold, what the headline counts. */
import { compareSeverity, type Severity } from '../basics/severity.ts';
import { isBadVerdict, isGoodVerdict } from '../basics/verdict.ts';
import { isAboutOpeningOrEnd } from '../rules/relations.ts';
import type { AnomalyReport, ConnectionReport, Report } from './model.ts';

export interface RankedConnection {
  connection: ConnectionReport;
  /** The severity of its worst anomaly, its own or one across connections; null if it has none. */
  severity: Severity | null;
  /** What stands beside its verdict: how bad its opening and its end were. */
  mark: 'error' | 'warning' | 'clean' | 'neutral';
  /** Its own anomalies and those across connections that name it, worst first. */
  anomalies: readonly AnomalyReport[];
}

const NONE: readonly AnomalyReport[] = [];

/** Worst first, then by id. */
export function rankConnections(report: Report): RankedConnection[] {
  const across = new Map<number, AnomalyReport[]>();
  for (const anomaly of report.anomalies) {
    for (const id of anomaly.connections) {
      const known = across.get(id);
      if (known === undefined) across.set(id, [anomaly]);
      else known.push(anomaly);
    }
  }
  return report.connections
    .map((connection) => {
      const others = across.get(connection.id);
      const mark = markOf(connection);
      // In a capture of a million connections, nearly all have no anomaly: share one empty list.
      if (others === undefined && connection.anomalies.length === 0)
        return { connection, mark, anomalies: NONE, severity: worstOf(connection, NONE) };
      const anomalies = [...connection.anomalies, ...(others ?? [])];
      anomalies.sort((a, b) => compareSeverity(a.severity, b.severity));
      return { connection, mark, anomalies, severity: worstOf(connection, anomalies) };
    })
    .sort((a, b) => compareSeverity(a.severity, b.severity) || a.connection.id - b.connection.id);
}

/** A bad verdict counts, even if the rule that would report it was withheld, for instance after a gap. */
function worstOf({ verdict }: ConnectionReport, anomalies: readonly AnomalyReport[]): Severity | null {
  return anomalies[0]?.severity ?? (isBadVerdict(verdict) ? 'warning' : null);
}

/** The mark says as much as the verdict beside it: a good verdict never stands beside an error. */
function markOf({ verdict, anomalies }: ConnectionReport): RankedConnection['mark'] {
  if (isGoodVerdict(verdict)) return 'clean';
  const meant = anomalies.filter(({ rule }) => isAboutOpeningOrEnd(rule));
  if (meant.some(({ severity }) => severity === 'error')) return 'error';
  if (meant.some(({ severity }) => severity === 'warning')) return 'warning';
  return meant.length === 0 && isBadVerdict(verdict) ? 'warning' : 'neutral';
}

/** An error or a warning: an info never makes a connection a problem. */
export function isProblem({ severity }: RankedConnection): boolean {
  return severity === 'error' || severity === 'warning';
}
