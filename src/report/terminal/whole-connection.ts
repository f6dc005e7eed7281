/** One connection whole, for `analyze -c`: who and when, both heads, and the timeline with clock times and offsets. */
import { formatDuration } from '../../basics/format-duration.ts';
import { clockTextOf, type ClockText } from '../clock-text.ts';
import {
  closedText,
  endpointText,
  frameTexts,
  isSealed,
  NO_BREAK_SPACE,
  targetText,
} from '../connection-text.ts';
import type { RankedConnection } from '../connection-rank.ts';
import { cutMiddle, wrapText } from '../fit-text.ts';
import { countOf } from '../format-count.ts';
import { eventText, zeroOf } from '../ladder.ts';
import type { ConnectionReport, HeaderLine, Report, TimelineEntry } from '../model.ts';
import { tlsLines } from '../tls-text.ts';
import type { Theme } from './theme.ts';

const INDENT = '  ';
/** "10:00:00.123456", to the microsecond. */
const CLOCK_FROM = 11;
const CLOCK_TO = 26;

export function wholeConnectionLines(
  ranked: RankedConnection,
  report: Report,
  theme: Theme,
  width: number,
): string[] {
  const { connection } = ranked;
  const clock = clockTextOf(report);
  const evidence = new Set(ranked.anomalies.flatMap(({ packets }) => packets));
  const { mark } = ranked;
  const title = `#${connection.ref} ${theme.symbol(mark)} ${theme.colored(mark, connection.verdict)}`;
  return [
    '',
    theme.strong(title),
    ...factsOf(connection, clock, theme).flatMap((line) => indented(line, width)),
    ...headLines(connection, theme, width),
    '',
    `${INDENT}${theme.strong('Timeline')}`,
    ...timelineLines(connection, evidence, clock, theme, width),
  ];
}

function factsOf(connection: ConnectionReport, clock: ClockText, theme: Theme): string[] {
  const { client, server, openedAt, durationMs, firstPacket, lastPacket, tls } = connection;
  const began = clock(openedAt);
  const when = [
    ...(began === null ? [] : [`from ${openedAt.slice(0, 10)} ${began}`]),
    ...(durationMs < 0 ? [] : [`for ${formatDuration(durationMs)}`]),
    `packets ${firstPacket} to ${lastPacket}`,
  ];
  const frames = frameTexts(connection).join(' ');
  return [
    theme.own(
      `${endpointText(client, theme.safe)} → ${endpointText(server, theme.safe)}, ${targetText(connection, theme.safe)}`,
    ),
    when.join(', '),
    ...(tls === undefined ? [] : tlsLines(tls, theme.safe).map((line) => theme.own(line))),
    theme.own(
      isSealed(connection)
        ? closedText(connection, theme.safe)
        : `${closedText(connection, theme.safe)}; frames ${frames}`,
    ),
  ].map((line) => line.replaceAll(NO_BREAK_SPACE, ' '));
}

function headLines({ upgrade, timeline }: ConnectionReport, theme: Theme, width: number): string[] {
  if (upgrade === null) return [];
  const answer = timeline.findLast(
    ({ event, packet }) => event === 'response' && packet === upgrade.responsePacket,
  );
  const { method, target, httpVersion, status, latencyMs, requestPacket, responsePacket } = upgrade;
  const later = latencyMs === null ? '' : `, ${formatDuration(latencyMs)} after the request`;
  const request = `${method ?? ''} ${target ?? ''}${httpVersion === null ? '' : ` HTTP/${httpVersion}`}`;
  return [
    ...head(
      `Request (packet ${requestPacket ?? '?'})`,
      request,
      upgrade.requestHeaders,
      requestPacket !== null,
      theme,
      width,
    ),
    ...head(
      `Answer (packet ${responsePacket ?? '?'}${later})`,
      answer?.detail ?? String(status ?? ''),
      upgrade.responseHeaders,
      responsePacket !== null,
      theme,
      width,
    ),
  ];
}

function head(
  title: string,
  start: string,
  headers: readonly HeaderLine[],
  isThere: boolean,
  theme: Theme,
  width: number,
): string[] {
  if (!isThere) return [];
  const lines = [start, ...headers.map(({ name, value }) => `${name}: ${value}`)];
  return [
    '',
    `${INDENT}${theme.strong(title)}`,
    ...lines
      .flatMap((line) => wrapText(theme.safe(line), width - 2 * INDENT.length))
      .map((line) => INDENT + INDENT + line),
  ];
}

function timelineLines(
  connection: ConnectionReport,
  evidence: ReadonlySet<number>,
  clock: ClockText,
  theme: Theme,
  width: number,
): string[] {
  const { timeline } = connection;
  if (timeline.length === 0) return [`${INDENT}${INDENT}nothing was captured`];
  const { zero, at: zeroMs } = zeroOf(timeline);
  const hasClock = clock(timeline[0]!.at) !== null;
  const zone = timeline[0]!.at.endsWith('Z') ? 'UTC' : 'local';
  const rows = timeline.map((entry) => ({
    entry,
    cells: [
      String(entry.packet),
      ...(hasClock ? [entry.at.slice(CLOCK_FROM, CLOCK_TO)] : []),
      signed(entry.offsetMs - zeroMs),
      entry.event === 'omitted' ? '' : entry.from,
    ],
  }));
  const titles = ['packet', ...(hasClock ? [zone] : []), `from ${zero}`, ''];
  const widths = titles.map((title, i) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[i]!.length)),
  );
  const columns = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i < cells.length - 1 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join(INDENT);
  const room = Math.max(width - columns(titles).length - 2 * INDENT.length - 2, 8);
  return [
    theme.faint(`${INDENT}${INDENT}${columns(titles)}`.trimEnd()),
    ...rows.map(({ entry, cells }) => {
      const mark = evidence.has(entry.packet) ? theme.own('▸ ') : INDENT;
      const text = cutMiddle(theme.safe(textOf(entry)), room, theme.ellipsis);
      return `${INDENT}${mark}${columns(cells)}${INDENT}${text}`;
    }),
  ];
}

function textOf(entry: TimelineEntry): string {
  return entry.event === 'omitted'
    ? `…${countOf(entry.count ?? 0, 'more event')}`
    : eventText({ ...entry, event: entry.event });
}

/** "+0.657 ms", "-1.4 ms", "0". */
function signed(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  return milliseconds < 0 ? `-${formatDuration(-milliseconds)}` : `+${formatDuration(milliseconds)}`;
}

function indented(line: string, width: number): string[] {
  return wrapText(line, width - INDENT.length).map((each) => INDENT + each);
}
