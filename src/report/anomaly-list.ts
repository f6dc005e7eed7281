/**
 * The anomalies in full: what the rule says, and the packets to look at as a filter to paste. Bounded: a few of each
 * rule, so that a thousand of one kind don't hide the one of another; the rest is counted.
 */
import type { PlacedAnomaly } from './connection-rank.ts';
import { cutMiddle, wrapText } from './fit-text.ts';
import { countOf, formatCount, listOf } from './format-count.ts';
import type { CaptureReport } from './model.ts';
import { packetFilters } from './packet-filter.ts';
import type { Theme } from './theme.ts';

const SHOWN_IN_ALL = 50;
const SHOWN_A_RULE = 5;
const SHOWN_CONNECTIONS = 8;
const SHOWN_PACKETS = 12;
/** Prose wider than this is hard to read. */
const WIDEST_PROSE = 100;
/** On a narrower screen a filter wraps: better than one that leaves out packets. */
const LEAST_FILTER = 36;
const WORTH_OMITTING = 60;
/** Between things on one line. */
const GUTTER = '   ';

export interface AnomalyListOptions {
  all: boolean;
  width: number;
  captures: readonly CaptureReport[];
}

export function anomalyLines(
  anomalies: readonly PlacedAnomaly[],
  theme: Theme,
  options: AnomalyListOptions,
): string[] {
  const hidden = new Map<string, number>();
  const shownOfRule = new Map<string, number>();
  const fullOfRule = new Map<string, PlacedAnomaly>();
  const lines: string[] = [];
  let shown = 0;
  for (const placed of anomalies) {
    const { rule } = placed.anomaly;
    const ofRule = shownOfRule.get(rule) ?? 0;
    if (!options.all && (shown >= SHOWN_IN_ALL || ofRule >= SHOWN_A_RULE)) {
      hidden.set(rule, (hidden.get(rule) ?? 0) + 1);
      continue;
    }
    shown++;
    shownOfRule.set(rule, ofRule + 1);
    const message = withoutRepetition(placed, fullOfRule.get(rule));
    if (message === placed.anomaly.message) fullOfRule.set(rule, placed);
    lines.push('', ...oneAnomaly(placed, message, theme, options));
  }
  if (hidden.size > 0) {
    const counts = [...hidden].map(([rule, count]) => `${formatCount(count)} more ${rule}`);
    const text = theme.own(`…and ${listOf(counts)} (--all or --format json shows them)`);
    lines.push('', ...wrapText(text, options.width));
  }
  return lines;
}

/** A reconnecting client makes many that end in the same sentences: those are said once. */
function withoutRepetition({ anomaly }: PlacedAnomaly, full: PlacedAnomaly | undefined): string {
  const { message } = anomaly;
  const [place] = full?.connections ?? [];
  if (full === undefined || place === undefined) return message;
  const sentences = sentencesOf(message);
  const before = sentencesOf(full.anomaly.message);
  let same = 0;
  // The first sentence stays: it is what happened.
  while (same < sentences.length - 1 && sentences.at(-1 - same) === before.at(-1 - same)) same++;
  const repeated = sentences.slice(sentences.length - same).join(' ');
  if (repeated.length < WORTH_OMITTING) return message;
  return `${sentences.slice(0, sentences.length - same).join(' ')} The rest as on connection ${place}.`;
}

function sentencesOf(message: string): string[] {
  return message.split(/(?<=\.) (?=[A-Z])/);
}

function oneAnomaly(
  { anomaly, connections }: PlacedAnomaly,
  message: string,
  theme: Theme,
  options: AnomalyListOptions,
): string[] {
  const { rule, severity, packets, explain } = anomaly;
  const width = Math.min(options.width, WIDEST_PROSE) - 2;
  const ids = listOf(connections.map(String), SHOWN_CONNECTIONS);
  const name = `${severity}: ${rule}`;
  const title = wrapText(
    `${name} on ${connections.length === 1 ? 'connection' : 'connections'} ${ids}`,
    width,
  );
  const [first = '', ...rest] = [...title, ...wrapText(theme.safe(message), width)];
  return [
    `${theme.symbol(severity)} ${first.replace(name, () => theme.colored(severity, name))}`,
    ...[...rest, ...evidenceLines(packets, explain, theme, options)].map((line) => `  ${line}`),
  ];
}

/** The packets, a filter that jumps to them, and the command that explains the rule: on one line where they fit. */
function evidenceLines(
  packets: readonly number[],
  explain: string,
  theme: Theme,
  { width, captures }: AnomalyListOptions,
): string[] {
  const more = theme.faint(explain);
  if (packets.length === 0) return [more];
  const label = 'Wireshark: ';
  const list = `${packets.length === 1 ? 'packet' : 'packets'} ${listOf(packets.map(String), SHOWN_PACKETS)}`;
  const filters = packetFilters(packets, captures, Math.max(width - 2 - label.length, LEAST_FILTER));
  const only = filters.length === 1 ? filters[0]! : null;
  const line = `${list}${GUTTER}${label}${only?.filter ?? ''}`;
  if (only?.path === null && line.length <= width - 2) {
    const shown = `${list}${GUTTER}${theme.faint(label)}${only.filter}`;
    const fits = line.length + GUTTER.length + explain.length <= width - 2;
    return fits ? [`${shown}${GUTTER}${more}`] : [shown, more];
  }
  return [
    ...wrapText(list, width - 2),
    ...filters.flatMap(({ path, filter }) => [
      ...(path === null ? [] : [`in ${cutMiddle(theme.safe(path), width - 6, theme.ellipsis)}:`]),
      `${theme.faint(label)}${filter}`,
    ]),
    more,
  ];
}

/** "2 errors, 1 warning". */
export function severityCounts(anomalies: readonly PlacedAnomaly[]): string {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { anomaly } of anomalies) counts[anomaly.severity]++;
  return [
    counts.error > 0 ? countOf(counts.error, 'error') : '',
    counts.warning > 0 ? countOf(counts.warning, 'warning') : '',
    counts.info > 0 ? countOf(counts.info, 'info', 'infos') : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
