/** Decides which connections an extract takes. */
import type { Report } from '../report/model.ts';

export interface Selection {
  /** Wireshark's tcp.stream. */
  readonly connections: readonly number[];
  /** All connections that a finding names. */
  readonly anomalies: boolean;
  /** All connections that a finding of one of these rules names. */
  readonly rules: readonly string[];
}

/** The user chose no connection, or one that does not exist. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError';
}

/** @throws SelectionError */
export function chooseConnections(report: Report, { connections, anomalies, rules }: Selection): Set<number> {
  const { tcpConnections } = report.totals;
  const chosen = new Set(connections);
  const missing = connections.filter((id) => id >= tcpConnections);
  if (missing.length > 0) throw new SelectionError(whyMissing(missing, tcpConnections));
  const isMeant = (rule: string) => anomalies || rules.includes(rule);
  const met = new Set<string>();
  const add = (rule: string, ids: readonly number[]) => {
    if (!isMeant(rule)) return;
    met.add(rule);
    for (const id of ids) chosen.add(id);
  };
  for (const { id, anomalies: found } of report.connections) for (const { rule } of found) add(rule, [id]);
  for (const { rule, connections: ids } of report.anomalies) add(rule, ids);
  const unmet = rules.filter((rule) => !met.has(rule));
  if (unmet.length > 0) throw new SelectionError(`the capture holds no finding of ${unmet.join(', ')}`);
  if (chosen.size === 0) throw new SelectionError('the capture holds no findings');
  return chosen;
}

function whyMissing(missing: readonly number[], count: number): string {
  const which =
    missing.length === 1 ? `connection ${missing[0]!} is` : `connections ${missing.join(', ')} are`;
  const there =
    count === 0 ? 'no TCP connection' : count === 1 ? 'only connection 0' : `connections 0 to ${count - 1}`;
  return `${which} not in the capture, which holds ${there}`;
}
