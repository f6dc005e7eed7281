/**
 * `--format github`: workflow commands that GitHub Actions turns into annotations. GitHub shows ten of each kind per
 * step and drops the rest without saying so; therefore the tenth one says how many more there are.
 *
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
import { SEVERITIES } from '../basics/severity.ts';
import { placeAnomalies, type PlacedAnomaly } from './stories.ts';
import { escapeCommandData, escapeCommandProperty } from './escape.ts';
import { countOf, formatCount, listOf } from './format-count.ts';
import type { Report, Severity } from './model.ts';
import { inventoryRows, nextStep } from './inventory-text.ts';
import { packetFilters } from './packet-filter.ts';

/** @bound annotations of one kind: {count} */
const SHOWN_OF_A_KIND = 10;
const SHOWN_CONNECTIONS = 5;
const SHOWN_RULES = 8;
const LONGEST_FILTER = 200;

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };
const NOUNS: Readonly<Record<Severity, readonly [string, string]>> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  info: ['notice', 'notices'],
};

/** One line per annotation, worst first; empty if there is no finding. */
export function renderAnnotations(report: Report): string {
  const lines = SEVERITIES.flatMap((severity) =>
    annotationsOf(
      severity,
      placeAnomalies(report).filter(({ anomaly }) => anomaly.severity === severity),
      report,
    ),
  );
  return [...lines, ...inventoryNotice(report)].map((line) => `${line}\n`).join('');
}

/** Where no WebSocket opened: what the servers speak instead. */
function inventoryNotice(report: Report): string[] {
  const { rows, more } = inventoryRows(report);
  if (rows.length === 0) return [];
  const lines = rows.map(({ server, speaks, howOften }) => `${server}: ${speaks}, ${howOften}`);
  const step = report.connections.length === 0 ? nextStep(report) : null;
  return [
    command(
      'info',
      'no WebSocket in the capture',
      [...lines, ...[more, step].filter((line) => line !== null)],
      report,
    ),
  ];
}

function annotationsOf(severity: Severity, found: readonly PlacedAnomaly[], report: Report): string[] {
  const ordered = rareOnesFirst(found);
  const isMore = ordered.length > SHOWN_OF_A_KIND;
  const shown = isMore ? ordered.slice(0, SHOWN_OF_A_KIND - 1) : ordered;
  const lines = shown.map((placed) => annotation(placed, report));
  if (isMore) {
    const hidden = ordered.slice(shown.length);
    const [singular, plural] = NOUNS[severity];
    lines.push(
      command(
        severity,
        `+${countOf(hidden.length, `more ${singular}`, `more ${plural}`)}`,
        [
          `${ruleCounts(hidden)}. GitHub shows ten annotations of a kind: wscap analyze ${captureName(report)} shows all.`,
        ],
        report,
      ),
    );
  }
  return lines;
}

/** One finding of each rule before the second of any rule, so that a hundred of one kind don't hide another kind. */
function rareOnesFirst(found: readonly PlacedAnomaly[]): PlacedAnomaly[] {
  const seen = new Map<string, number>();
  return found
    .map((placed) => {
      const round = seen.get(placed.anomaly.rule) ?? 0;
      seen.set(placed.anomaly.rule, round + 1);
      return { placed, round };
    })
    .sort((a, b) => a.round - b.round)
    .map(({ placed }) => placed);
}

function annotation({ anomaly, connections }: PlacedAnomaly, report: Report): string {
  const { rule, severity, message, packets, explain } = anomaly;
  const noun = connections.length === 1 ? 'connection' : 'connections';
  const filters = packetFilters(packets, report.captures, LONGEST_FILTER).map(
    ({ path, filter }) => `Wireshark${path === null ? '' : ` (${path})`}: ${filter}`,
  );
  return command(
    severity,
    `${rule} on ${noun} ${listOf(connections.map(String), SHOWN_CONNECTIONS)}`,
    [message, ...filters, explain],
    report,
  );
}

function command(severity: Severity, title: string, lines: readonly string[], report: Report): string {
  return `::${COMMANDS[severity]} ${fileProperty(report)}title=${escapeCommandProperty(title)}::${escapeCommandData(lines)}`;
}

/** GitHub can link a file of the repository; a path from elsewhere, or several files, would be useless. */
function fileProperty({ captures }: Report): string {
  const [only, ...more] = captures;
  if (only === undefined || more.length > 0 || only.path === '-' || /^(?:[/\\]|\.\.|\w:)/.test(only.path))
    return '';
  return `file=${escapeCommandProperty(only.path)},`;
}

function captureName({ captures }: Report): string {
  return captures.map(({ path }) => path).join(' ');
}

function ruleCounts(found: readonly PlacedAnomaly[]): string {
  const counts = new Map<string, number>();
  for (const { anomaly } of found) counts.set(anomaly.rule, (counts.get(anomaly.rule) ?? 0) + 1);
  const texts = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([rule, count]) => `${formatCount(count)} ${rule}`);
  return listOf(texts, SHOWN_RULES);
}
