/**
 * `--format table`: the report on a terminal. The answer first, then the connections, then the findings with their
 * packets, then what the capture can't show. Bounded, however large the capture is; `all` lifts the bounds.
 */
import { anomalyLines, severityCounts } from './anomaly-list.ts';
import { clockTextOf } from '../clock-text.ts';
import { isProblem, rankConnections } from '../connection-rank.ts';
import { storiesOf } from '../stories.ts';
import type { RankedConnection } from '../connection-rank.ts';
import { connectionTable } from './connection-table.ts';
import { emptyLines, hintLines } from '../empty-result.ts';
import { wrapText } from '../fit-text.ts';
import { countOf, formatCount, listOf } from '../format-count.ts';
import { inventoryLines } from './inventory-list.ts';
import { factLines, headlineLines } from './terminal-headline.ts';
import type { Report } from '../model.ts';
import { summaryLines } from './summary-list.ts';
import { noteLines } from './note-list.ts';
import { isOnlyCounted } from './table-keeper.ts';
import { createTheme } from './theme.ts';
import { tunnelLines } from '../tunnel-text.ts';
import type { Theme, ThemeOptions } from './theme.ts';
import { sealedHeadline } from '../sealed-text.ts';
import { wholeConnectionLines } from './whole-connection.ts';

export interface TableOptions extends ThemeOptions {
  /** Width of the terminal in cells; 0 or undefined if unknown. */
  columns: number | undefined;
  /** Height of the terminal in lines; undefined if there is none. */
  rows?: number | undefined;
  /** Show every connection and anomaly. */
  all: boolean;
  /** Show each connection whole, with its heads and timeline, instead of the table. */
  whole?: boolean;
}

const DEFAULT_COLUMNS = 80;
/** On a narrower terminal, lines are not fitted. */
const LEAST_COLUMNS = 24;
const SHOWN_PROBLEMS = 12;
/** If the problems fill more than a screen, this many with the same verdict and rules are shown. */
const FEW_PROBLEMS = 8;
const SHOWN_ALIKE = 3;
/** This many connections without a problem are shown; further ones are only counted. */
const SHOWN_OTHERS = 5;

export function renderTable(report: Report, options: TableOptions): string {
  const theme = createTheme(options);
  const width = Math.max(
    options.columns === 0 ? DEFAULT_COLUMNS : (options.columns ?? DEFAULT_COLUMNS),
    LEAST_COLUMNS,
  );
  if (report.connections.length === 0 && report.anomalies.length === 0) {
    return text([
      ...emptyLines(report, theme, width),
      ...factLines(report, theme, width),
      ...inventoryLines(report, theme, width),
      ...hintLines(report, theme, width),
      ...noteLines(report, theme, options.all, width),
    ]);
  }
  const stories = storiesOf(report);
  const anomalies = stories.flatMap(({ root, followers }) => [root, ...followers]);
  const headline = headlineLines(report, theme, width);
  const listOptions = {
    all: options.all,
    width,
    captures: report.captures,
    connections: report.connections,
    clock: clockTextOf(report),
    isDrawn: options.whole === true,
  };
  const lines = [
    ...headline,
    ...factLines(report, theme, width),
    ...summaryLines(report, theme, width),
    ...(options.whole === true
      ? rankConnections(report).flatMap((each) => wholeConnectionLines(each, report, theme, width))
      : connectionLines(rankConnections(report), theme, options.all, width)),
    ...(anomalies.length === 0 ? [] : ['', theme.strong(severityCounts(anomalies))]),
    ...anomalyLines(stories, theme, listOptions),
    ...inventoryLines(report, theme, width),
    ...(sealedHeadline(report) === null ? [] : hintLines(report, theme, width)),
    ...noteLines(report, theme, options.all, width),
  ];
  // If the beginning scrolls off the screen, the answer is repeated at the end.
  const scrolls = options.rows !== undefined && options.rows > 0 && lineCount(lines) >= options.rows;
  return text(scrolls ? [...lines, '', ...headline] : lines);
}

function connectionLines(
  ranked: readonly RankedConnection[],
  theme: Theme,
  all: boolean,
  width: number,
): string[] {
  const known = ranked.filter(({ connection }) => !isOnlyCounted(connection));
  const problems = known.filter(isProblem);
  const others = known.filter((each) => !isProblem(each));
  const foldAt = others.length > SHOWN_OTHERS && problems.length > 0 ? 0 : SHOWN_OTHERS;
  const shown = all ? known : [...someOfEach(problems), ...others.slice(0, foldAt)];
  const lines = shown.length === 0 ? [] : ['', connectionTable(shown, theme, width)];
  const kept = new Set(shown);
  const folded = foldedText(ranked.filter((each) => !kept.has(each)));
  if (folded !== '') lines.push(...wrapText(theme.own(folded), width));
  if (shown.length > 0) lines.push(...legendLines(theme, width));
  const tunnels = tunnelLines(shown.map(({ connection }) => connection));
  lines.push(...tunnels.flatMap((line) => wrapText(theme.own(line), width)));
  return lines;
}

/** Some of each kind, so that many of one kind don't hide rare ones. */
function someOfEach(problems: readonly RankedConnection[]): RankedConnection[] {
  if (problems.length <= FEW_PROBLEMS) return [...problems];
  const shownOfKind = new Map<string, number>();
  return problems
    .filter(({ connection, anomalies }) => {
      const kind = [connection.verdict, ...new Set(anomalies.map(({ rule }) => rule))].join(' ');
      const shown = (shownOfKind.get(kind) ?? 0) + 1;
      shownOfKind.set(kind, shown);
      return shown <= SHOWN_ALIKE;
    })
    .slice(0, SHOWN_PROBLEMS);
}

/** "…and 41 clean connections (--all shows them)". */
function foldedText(hidden: readonly RankedConnection[]): string {
  if (hidden.length === 0) return '';
  const verdicts = new Map<string, number>();
  for (const { connection } of hidden) {
    verdicts.set(connection.verdict, (verdicts.get(connection.verdict) ?? 0) + 1);
  }
  const only = verdicts.size === 1 ? [...verdicts.keys()][0]! : null;
  if (only !== null) {
    return `…and ${countOf(hidden.length, `${only} connection`)} (--all shows ${hidden.length === 1 ? 'it' : 'them'})`;
  }
  const counts = [...verdicts].map(([verdict, count]) => `${formatCount(count)} ${verdict}`);
  return `…and ${countOf(hidden.length, 'more connection')}: ${listOf(counts)} (--all shows them)`;
}

function legendLines(theme: Theme, width: number): string[] {
  const legend = theme.own('# is Wireshark’s tcp.stream; ↑ from client to server, ↓ from server to client');
  return wrapText(legend, width).map(theme.faint);
}

/** The table is one string of several lines. */
function lineCount(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.split('\n').length, 0);
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
