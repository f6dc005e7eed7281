/** The first lines of the terminal report: the answer in one sentence, then the facts of the capture. */
import { compareSeverity } from '../../basics/severity.ts';
import { isGoodVerdict } from '../../basics/verdict.ts';
import { isProblem, rankConnections } from '../connection-rank.ts';
import { leadOf } from '../lead-text.ts';
import { storiesOf, webSocketNames, type Story } from '../stories.ts';
import type { RankedConnection } from '../connection-rank.ts';
import { NO_BREAK_SPACE, closedText, enderText } from '../connection-text.ts';
import { countOf, formatBytes, formatCount, listOf } from '../format-count.ts';
import { formatDuration } from '../../basics/format-duration.ts';
import { wrapText } from '../fit-text.ts';
import { readableOnly, sealedHeadline } from '../sealed-text.ts';
import { withLeftOut } from '../choice.ts';
import type { CaptureReport, ConnectionReport, Report, Severity } from '../model.ts';
import type { Mark, Theme } from './theme.ts';

const SHOWN_CAPTURES = 5;
const SHOWN_RULES = 3;
/** Codes of notes that say that a file could not be read to its end. */
const DAMAGE: ReadonlySet<string> = new Set([
  'truncated-file',
  'corrupt-record',
  'corrupt-block',
  'corrupt-gzip',
  'corrupt-base64',
]);

/** "handshake-close on 1 of 3 WebSockets: server FIN 0.657 ms after the 101": the rule first, then who, when, how. */
export function headlineLines(report: Report, theme: Theme, width: number): string[] {
  const ranked = rankConnections(report);
  const problems = ranked.filter(isProblem);
  const mark = headlineMark(problems, report);
  const line = withLeftOut(headline(report, ranked, problems, theme.safe), report);
  const text = theme.own(line.replaceAll(NO_BREAK_SPACE, ' '));
  return wrapText(text, width - 2).map(
    (line, i) => `${i === 0 ? theme.symbol(mark) : ' '} ${theme.strong(line)}`,
  );
}

/** Name, packets, bytes, time span, start, link type and format of each capture. */
export function factLines(report: Report, theme: Theme, width: number): string[] {
  const shown = report.captures.slice(0, SHOWN_CAPTURES);
  const lines = shown.map((capture) => `${fileName(capture, theme)}: ${captureFacts(capture, theme)}`);
  const hidden = report.captures.length - shown.length;
  if (hidden > 0) lines.push(theme.own(`…and ${countOf(hidden, 'more file')}`));
  return lines.flatMap((line) => wrapText(line, width - 2)).map((line) => `  ${theme.faint(line)}`);
}

function fileName({ path }: CaptureReport, theme: Theme): string {
  return path === '-' ? 'standard input' : theme.safe(path);
}

function headlineMark(problems: readonly RankedConnection[], report: Report): Mark {
  const worst = problems[0]?.severity ?? report.anomalies[0]?.severity ?? null;
  if (worst === 'error' || worst === 'warning') return worst;
  return report.connections.every(({ verdict }) => isGoodVerdict(verdict)) ? 'clean' : 'info';
}

function headline(
  report: Report,
  ranked: readonly RankedConnection[],
  problems: readonly RankedConnection[],
  safe: Theme['safe'],
): string {
  const nameOf = webSocketNames(report.connections);
  const countOfThem = (some: readonly RankedConnection[]) =>
    new Set(some.map(({ connection }) => nameOf(connection.ref))).size;
  const total = countOfThem(ranked);
  const noun = ranked.length === report.totals.webSocketConnections ? 'WebSocket' : 'connection';
  const stories = storiesOf(report);
  const lead = leadOf(stories);
  if (lead !== null) {
    const others = stories.filter((story) => !lead.stories.has(story) && story.severity !== 'info');
    return `${safe(lead.text)}${others.length === 0 ? '' : `; also ${ruleSummary(others, 0)}`}`;
  }
  const sealed = problems.length === 0 ? sealedHeadline(report) : null;
  if (sealed !== null) return sealed;
  if (problems.length === 0) return `${countOf(total, noun)}, ${cleanSummary(ranked)}`;
  const subject = subjectOf(countOfThem(problems), total, noun);
  const ending = commonEnding(problems, safe);
  const rules = ruleSummary(
    stories.filter(({ severity }) => severity !== 'info'),
    countOfThem(problems),
  );
  const what =
    rules === '' ? listOf([...new Set(problems.map(({ connection }) => connection.verdict))]) : rules;
  return `${what} on ${subject}${ending === '' ? '' : `: ${ending}`}`;
}

function cleanSummary(ranked: readonly RankedConnection[]): string {
  const counts = new Map<string, number>();
  for (const { connection } of ranked)
    counts.set(connection.verdict, (counts.get(connection.verdict) ?? 0) + 1);
  const [only] = counts.keys();
  if (counts.size === 1 && only !== undefined && isGoodVerdict(only))
    return ranked.length === 1 ? only : `all ${only}`;
  const verdicts = [...counts].map(([verdict, count]) =>
    ranked.length === 1 ? verdict : `${count} ${verdict}`,
  );
  if (counts.size === 1 && counts.has('unknown')) return 'no verdict possible (see the notes)';
  return `no problem found${readableOnly(counts)} (${listOf(verdicts)})`;
}

function subjectOf(problems: number, total: number, noun: string): string {
  if (total === 1) return `the only ${noun}`;
  if (problems < total) return `${formatCount(problems)} of ${countOf(total, noun)}`;
  return total === 2 ? `both ${noun}s` : `all ${countOf(total, noun)}`;
}

/** The rules that lead the stories, worst and most frequent first; `problems` is how many WebSockets have one. */
function ruleSummary(stories: readonly Story[], problems: number): string {
  const rules = new Map<string, { severity: Severity; count: number; webSockets: Set<string> }>();
  for (const { root, severity, webSockets } of stories) {
    const { rule } = root.anomaly;
    const entry = rules.get(rule) ?? { severity, count: 0, webSockets: new Set<string>() };
    entry.count++;
    for (const ref of webSockets) entry.webSockets.add(ref);
    rules.set(rule, entry);
  }
  const names = [...rules]
    .sort(([, a], [, b]) => compareSeverity(a.severity, b.severity) || b.webSockets.size - a.webSockets.size)
    .map(([rule, { count, webSockets }]) =>
      // "handshake-close on all 4 connections" already says how many.
      count === 1 || webSockets.size === problems ? rule : `${formatCount(count)} ${rule}`,
    );
  const others = names.length - SHOWN_RULES;
  const shown = names.slice(0, SHOWN_RULES);
  if (others > 0) shown.push(countOf(others, 'other rule'));
  return listOf(shown);
}

/** How the connections ended, if all ended in the same way: "server FIN 0.6 ms to 0.698 ms after the 101". */
function commonEnding(problems: readonly RankedConnection[], safe: Theme['safe']): string {
  const [first, ...others] = problems;
  if (first === undefined) return '';
  if (others.length === 0) return outcomeText(first, safe);
  const texts = new Set(problems.map((problem) => outcomeText(problem, safe)));
  if (texts.size === 1) return outcomeText(first, safe);
  const bare = problems.map(({ connection }) => bareEnding(connection));
  const how = bare[0]?.how;
  if (how === undefined || bare.some((ending) => ending?.how !== how)) return '';
  const times = bare.map((ending) => ending!.afterMs);
  if (times.some((afterMs) => afterMs < 0)) return '';
  const least = formatDuration(times.reduce((a, b) => Math.min(a, b)));
  const most = formatDuration(times.reduce((a, b) => Math.max(a, b)));
  return `${how} ${least === most ? least : `${least} to ${most}`} after the 101`;
}

/** For a connection that ended without a Close: who ended it, how and when. */
function bareEnding({ close, verdict }: ConnectionReport): { how: string; afterMs: number } | null {
  if (close === null || verdict === 'rejected' || close.frameFirstBy !== null) return null;
  const { firstBy, how, afterUpgradeMs } = close;
  if (firstBy === null || how === null || afterUpgradeMs === null) return null;
  return { how: enderText(close), afterMs: afterUpgradeMs };
}

/** For a refused upgrade, the status says more than who closed afterwards. */
function outcomeText({ connection }: RankedConnection, safe: Theme['safe']): string {
  const status = connection.upgrade?.status ?? null;
  return connection.verdict === 'rejected' && status !== null
    ? `status ${status}`
    : closedText(connection, safe);
}

export function captureFacts(capture: CaptureReport, theme: Theme): string {
  const facts = [countOf(capture.packets, 'packet'), formatBytes(capture.bytes)];
  if (capture.firstPacketAt !== null) {
    const has = (code: string): boolean => capture.notes.some((note) => note.code === code);
    const span =
      capture.durationMs === null || capture.durationMs < 0 ? '' : `${formatDuration(capture.durationMs)} `;
    // Without times of a clock there is no moment to name; without times there is no duration either.
    const hasNoTimes = capture.durationMs === 0 && has('no-timestamp');
    if (hasNoTimes) facts.push('without times');
    else if (has('relative-time')) facts.push(`${span}from the first packet`);
    else facts.push(`${span}from ${startTime(capture, capture.firstPacketAt)}`);
  }
  if (capture.linkTypes.length > 0) facts.push(listOf(capture.linkTypes.map(theme.safe), 4));
  facts.push(capture.format + (capture.compression === null ? '' : ` (${capture.compression})`));
  if (capture.notes.some(({ code }) => DAMAGE.has(code))) facts.push('damaged (see the notes)');
  return facts.join(', ');
}

/**
 * "2024-05-01T10:00:00.123456789Z" becomes "2024-05-01 10:00:00.123 UTC"; date and time zone are left out if
 * tcpdump's text didn't have them.
 */
function startTime({ notes }: CaptureReport, rfc3339: string): string {
  const [, date = '', time = ''] = /^(.{10})T(.{8}(?:\.\d{1,3})?)/.exec(rfc3339) ?? [];
  if (notes.some(({ code }) => code === 'no-date')) return `${time} of an unknown day`;
  return `${date} ${time} ${notes.some(({ code }) => code === 'local-time') || !rfc3339.endsWith('Z') ? 'local time' : 'UTC'}`;
}
