/**
 * `--format ndjson`: an object a line, for captures of any size. A line for each connection, written when it is over;
 * then the rest of the report as one line. Strings are escaped as in the JSON report.
 */
import { escapeJson } from './escape.ts';
import type { ConnectionReport, Report, ReportSummary } from './model.ts';

export function connectionLine(connection: ConnectionReport): string {
  return line({ type: 'connection', ...connection });
}

/** The last line: all of the report but its connections. */
export function summaryLine(summary: ReportSummary): string {
  return line({ type: 'report', ...summary });
}

/** The same from a report that is there as a whole. */
export function* renderNdjson({ connections, ...summary }: Report): Generator<string> {
  for (const connection of connections) yield connectionLine(connection);
  yield summaryLine(summary);
}

function line(value: object): string {
  return `${escapeJson(JSON.stringify(value))}\n`;
}
