/** Describes connections and findings in one line, for the messages of failed assertions. Escapes wire text. */
import { basename } from 'node:path';
import { formatDuration } from '../basics/format-duration.ts';
import { closedText, NO_BREAK_SPACE } from '../report/connection-text.ts';
import { escapeText } from '../report/escape.ts';
import type { AnomalyReport, ConnectionReport, Report } from '../report/model.ts';
import { saysWhoEnded } from '../rules/relations.ts';

/** "beta.pcap", "beta.pcap and 2 more files". */
export function named({ captures }: Report): string {
  const [first, ...others] = captures;
  if (first === undefined) return 'the capture';
  const name = first.path === '-' ? 'standard input' : escapeText(basename(first.path));
  return others.length === 0
    ? name
    : `${name} and ${others.length} more ${others.length === 1 ? 'file' : 'files'}`;
}

/** "connection 3 (/chat)", with its verdict if `withVerdict`. */
export function connectionLine({ id, upgrade, verdict }: ConnectionReport, withVerdict = true): string {
  const path = upgrade?.target?.replace(/[?#][^]*$/, '') ?? null;
  return `connection ${id}${path === null ? '' : ` (${escapeText(path)})`}${withVerdict ? `: ${verdict}` : ''}`;
}

/** "connection 3 (/chat): handshake-close by the server 1.4 ms after the 101, packet 12. The server …". */
export function findingLine(
  connection: ConnectionReport,
  { rule, message, packets, explain }: AnomalyReport,
): string {
  return `${connectionLine(connection, false)}: ${whereClause(connection, rule, packets)}. ${escapeText(message)} (${escapeText(explain)})`;
}

/** The finding of the named rule, or the first that matters; null if there is none. */
export function findingClause(connection: ConnectionReport, rule?: string): string | null {
  const anomaly = connection.anomalies.find((each) =>
    rule === undefined ? each.severity === 'error' : each.rule === rule,
  );
  return anomaly === undefined
    ? null
    : `${whereClause(connection, anomaly.rule, anomaly.packets)}. ${escapeText(anomaly.message)}`;
}

/** "client Close 1000, answered, server FIN first (packet 12)", "still open when the capture ended". */
export function endingClause(connection: ConnectionReport): string {
  if (connection.verdict === 'open') return 'it was still open when the capture ended';
  const ending = closedText(connection, escapeText).replaceAll(NO_BREAK_SPACE, ' ');
  const packet = connection.close?.packet ?? null;
  return packet === null ? ending : `${ending} (packet ${packet})`;
}

/** For how the connection ended: who and when; for any other finding: in which packets. */
function whereClause({ close }: ConnectionReport, rule: string, packets: readonly number[]): string {
  if (saysWhoEnded(rule) && typeof close?.packet === 'number' && close.firstBy !== null) {
    const after =
      close.afterUpgradeMs === null ? '' : ` ${formatDuration(close.afterUpgradeMs)} after the 101`;
    return `${rule} by the ${close.firstBy}${after}, packet ${close.packet}`;
  }
  return `${rule}, ${packets.length === 1 ? 'packet' : 'packets'} ${packets.join(', ')}`;
}
