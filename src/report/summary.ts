/**
 * Many connections in a few lines: for each server and path, how its connections ended. Pure data; texts may hold wire
 * text, which the format escapes.
 */
import { compareSeverity } from '../basics/severity.ts';
import { pathOf } from './choice.ts';
import { isProblem, rankConnections, type RankedConnection } from './connection-rank.ts';
import { closedText, endpointText, NO_BREAK_SPACE } from './connection-text.ts';
import { countOf, formatCount } from './format-count.ts';
import type { Report, Severity } from './model.ts';

export interface SummaryRow {
  /** "10.0.0.1:9002". */
  readonly server: string;
  /** Parts that change each time are "{id}"; empty where none is known. */
  readonly path: string;
  /** The worst severity of its connections; null where there is no problem. */
  readonly severity: Severity | null;
  /** "all 12 handshake-close: server FIN". */
  readonly text: string;
}

/** Fewer connections are seen at a glance in the table. */
const MANY = 6;
const SHOWN_ROWS = 10;
const SHOWN_VERDICTS = 3;
const ANY = '{id}';
/** A UUID, a long number, long hexadecimal digits, or what looks random: long, with digits and letters. */
const VOLATILE =
  /^(?:\d{5,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\da-f]{12,}|(?=.*\d)(?=.*[a-z])[\w-]{16,})$/i;
const SAME = (text: string): string => text;

/** Worst first; empty where there are few connections, or all are to one server and path. */
export function summaryRows(report: Report): { rows: SummaryRow[]; more: string | null } {
  const none = { rows: [], more: null };
  if (report.connections.length < MANY) return none;
  // Of some connections of a large capture the table knows the verdict alone.
  const ranked = rankConnections(report).filter(({ connection }) => connection.server.address !== '');
  const groups = new Map<string, RankedConnection[]>();
  for (const each of ranked) {
    const { server, upgrade } = each.connection;
    const key = `${endpointText(server, SAME)} ${stablePath(pathOf(upgrade))}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  if (groups.size < 2) return none;
  const rows = [...groups].map(([key, members]) => rowOf(key, members));
  rows.sort((a, b) => compareSeverity(a.row.severity, b.row.severity) || b.count - a.count);
  const hidden =
    rows.slice(SHOWN_ROWS).reduce((sum, { count }) => sum + count, 0) +
    report.connections.length -
    ranked.length;
  return {
    rows: rows.slice(0, SHOWN_ROWS).map(({ row }) => row),
    more: hidden === 0 ? null : `…and ${countOf(hidden, 'more connection')}`,
  };
}

function stablePath(path: string): string {
  return path
    .split('/')
    .map((part) => (VOLATILE.test(part) ? ANY : part))
    .join('/');
}

function rowOf(key: string, members: readonly RankedConnection[]): { row: SummaryRow; count: number } {
  const at = key.indexOf(' ');
  const worst = members.find(isProblem)?.severity ?? null;
  return {
    row: { server: key.slice(0, at), path: key.slice(at + 1), severity: worst, text: textOf(members) },
    count: members.length,
  };
}

/** "all 12 handshake-close: server FIN", "8 error-close: server Close 1011 “redis”, 2 clean". */
function textOf(members: readonly RankedConnection[]): string {
  const verdicts = new Map<string, RankedConnection[]>();
  for (const each of members) {
    const { verdict } = each.connection;
    const group = verdicts.get(verdict);
    if (group === undefined) verdicts.set(verdict, [each]);
    else group.push(each);
  }
  const parts = [...verdicts].map(([verdict, group]) => {
    const all = group.length === members.length && group.length > 1 ? 'all ' : '';
    const ending = isProblem(group[0]!) ? commonEnding(group) : '';
    return `${all}${formatCount(group.length)} ${verdict}${ending === '' ? '' : `: ${ending}`}`;
  });
  const hidden = parts.length - SHOWN_VERDICTS;
  const shown = parts.slice(0, SHOWN_VERDICTS).join('; ');
  return hidden > 0 ? `${shown}; ${formatCount(hidden)} other verdicts` : shown;
}

/** How at least half of them ended, without the times, which differ. */
function commonEnding(group: readonly RankedConnection[]): string {
  const counts = new Map<string, number>();
  for (const { connection } of group) {
    const status = connection.verdict === 'rejected' ? (connection.upgrade?.status ?? null) : null;
    const text = status === null ? withoutTime(closedText(connection, SAME)) : `status ${status}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const [text, count] = [...counts].sort(([, a], [, b]) => b - a)[0]!;
  if (count === group.length) return text;
  return count * 2 >= group.length ? `mostly ${text}` : '';
}

function withoutTime(text: string): string {
  return text
    .replaceAll(NO_BREAK_SPACE, ' ')
    .replace(
      / (?:[\d.]+ (?:ms|s|min|h|d)(?: [\d.]+ (?:s|min|h))? (?:after|before)|together with) the 101/,
      '',
    );
}
