/**
 * `--format ndjson`: one object per line, for captures of any size. A line for each connection, written when the
 * connection is over; then one line with the rest of the report. Strings are escaped as in the JSON report.
 */
import { escapeJson } from './escape.ts';
import type { ConnectionReport, Report, ReportSummary } from './model.ts';

export function connectionLine(connection: ConnectionReport): string {
  return line({ type: 'connection', ...connection });
}

/** The last line: the whole report except its connections. */
export function summaryLine(summary: ReportSummary): string {
  return line({ type: 'report', ...summary });
}

/** The same for a report that is complete. */
export function* renderNdjson({ connections, ...summary }: Report): Generator<string> {
  for (const connection of connections) yield connectionLine(connection);
  yield summaryLine(summary);
}

function line(value: object): string {
  return `${escapeJson(JSON.stringify(value))}\n`;
}
