/**
 * The findings in full: what the rule says, what to look at next, and the packets as a filter to paste; the worst one
 * with a ladder of what happened. Bounded: findings of the same kind form one block with a few of its connections,
 * and the rest are counted.
 */
import { compareSeverity } from '../../basics/severity.ts';
import type { ClockText } from '../clock-text.ts';
import type { PlacedAnomaly, Story } from '../stories.ts';
import { distinctText, groupFindings } from './finding-groups.ts';
import type { FindingGroup } from './finding-groups.ts';
import { cutMiddle, wrapText } from '../fit-text.ts';
import { countOf, formatCount, listOf } from '../format-count.ts';
import { buildLadder } from '../ladder.ts';
import { ladderLines } from './ladder-text.ts';
import type { AnomalyReport, CaptureReport, ConnectionReport } from '../model.ts';
import { packetFilters, streamFilter } from '../packet-filter.ts';
import type { Theme } from './theme.ts';

const SHOWN_GROUPS = 20;
/** If a group has more members than that, this many are shown as examples. */
const FEW_OF_GROUP = 5;
const SHOWN_OF_GROUP = 3;
const SHOWN_CONNECTIONS = 5;
const SHOWN_PACKETS = 12;
/** Wider prose is hard to read. */
const WIDEST_PROSE = 100;
/** On a narrower screen a filter wraps, which is better than leaving out packets. */
const LEAST_FILTER = 36;
/** Before the lines of a finding that stands under the one that it follows from. */
const UNDER = '    ';
/** Between things on one line. */
const GUTTER = '   ';
const FILTER_LABEL = 'Wireshark: ';

export interface AnomalyListOptions {
  all: boolean;
  width: number;
  captures: readonly CaptureReport[];
  connections: readonly ConnectionReport[];
  clock?: ClockText;
  /** The timelines are shown whole: none is drawn again. */
  isDrawn?: boolean;
}

export function anomalyLines(stories: readonly Story[], theme: Theme, options: AnomalyListOptions): string[] {
  const groups = groupFindings(stories);
  const shown = options.all ? groups : groups.slice(0, SHOWN_GROUPS);
  const drawn = options.isDrawn === true ? new Set() : groupsWithLadder(shown, options.all);
  const lines = shown.flatMap((group) => {
    const hasLadder = drawn.has(group);
    if (!group.follows) return ['', ...groupLines(group, hasLadder, theme, options)];
    const inner = { ...options, width: options.width - UNDER.length };
    return [
      '',
      ...groupLines(group, hasLadder, theme, inner).map((line) => (line === '' ? '' : UNDER + line)),
    ];
  });
  const hidden = new Map<string, number>();
  for (const { rule, members } of groups.slice(shown.length)) {
    hidden.set(rule, (hidden.get(rule) ?? 0) + members.length);
  }
  if (hidden.size > 0) lines.push('', ...moreLines(hidden, theme, options.width));
  return lines;
}

/**
 * The worst group of the first story; a finding on one connection is preferred to one that several have in common. With `all`
 * also every other finding on one connection that is more than information.
 */
function groupsWithLadder(groups: readonly FindingGroup[], all: boolean): ReadonlySet<FindingGroup> {
  const [first] = groups;
  if (first === undefined) return new Set();
  const next = groups.findIndex(({ follows }, index) => index > 0 && !follows);
  const story = next === -1 ? groups : groups.slice(0, next);
  const severity = story.map((group) => group.severity).toSorted(compareSeverity)[0]!;
  if (severity === 'info') return new Set();
  const own = groups.filter(({ across }) => !across);
  const isWorst = (group: FindingGroup) => !group.across && group.severity === severity;
  // Of a crash and the refusals after it, the crash is drawn.
  const ofFirst = (group: FindingGroup) =>
    isWorst(group) && first.connections.includes(group.connections[0]!);
  const worst = story.find(ofFirst) ?? story.find(isWorst) ?? own.find(isWorst) ?? first;
  return new Set(all ? [worst, ...own.filter((group) => group.severity !== 'info')] : [worst]);
}

function groupLines(
  group: FindingGroup,
  hasLadder: boolean,
  theme: Theme,
  options: AnomalyListOptions,
): string[] {
  const { rule, severity, members, connections } = group;
  const width = Math.min(options.width, WIDEST_PROSE) - 2;
  const isOne = members.length === 1;
  const name = `${severity}: ${rule}`;
  const ids = listOf(connections.map(String), SHOWN_CONNECTIONS);
  const where =
    connections.length === 1 ? `connection ${ids}` : `${countOf(connections.length, 'connection')}: ${ids}`;
  const [title = '', ...rest] = wrapText(`${name} on ${where}`, width);
  const [first, ...others] = members;
  const further = options.all
    ? others
    : others.slice(0, (members.length > FEW_OF_GROUP ? SHOWN_OF_GROUP : FEW_OF_GROUP) - 1);
  const hidden = others.length - further.length;
  return [
    `${theme.symbol(severity)} ${title.replace(name, () => theme.colored(severity, name))}`,
    ...rest.map((line) => `  ${line}`),
    ...firstLines(first, group.follows, isOne, hasLadder, theme, options),
    ...further.flatMap((member) => furtherLines(member, first, theme, width)).map((line) => `  ${line}`),
    ...(hidden === 0 ? [] : moreLines(new Map([[rule, hidden]]), theme, width).map((line) => `  ${line}`)),
    ...(isOne ? [] : allLines(group, theme, options).map((line) => `  ${line}`)),
  ];
}

/** One finding in full. Of one that follows from another the advice is left out: what to do stands above it. */
function firstLines(
  placed: PlacedAnomaly,
  follows: boolean,
  isOnly: boolean,
  hasLadder: boolean,
  theme: Theme,
  options: AnomalyListOptions,
): string[] {
  const { advice } = placed.anomaly;
  const width = Math.min(options.width, WIDEST_PROSE) - 2;
  const ladder = hasLadder ? ladderOf(placed, theme, options) : [];
  return [
    ...hanging(isOnly ? '' : labelOf(placed, theme), theme.safe(withoutAdvice(placed)), width),
    ...(advice === '' || (follows && !options.all)
      ? []
      : hanging(theme.own('→ '), theme.safe(advice), width, theme.strong)),
    ...(ladder.length === 0 ? [] : ['', ...ladder, '']),
    ...evidenceLines(placed.anomaly, isOnly, ladder.length > 0, theme, options),
  ].map((line) => (line === '' ? '' : `  ${line}`));
}

/** What happened, without the advice, which gets its own line. */
function withoutAdvice({ anomaly: { message, advice } }: PlacedAnomaly): string {
  return advice !== '' && message.endsWith(` ${advice}`) ? message.slice(0, -advice.length - 1) : message;
}

/**
 * For further members of a group: only what differs from the first. The advice is the same, but for connection
 * numbers.
 */
function furtherLines(placed: PlacedAnomaly, first: PlacedAnomaly, theme: Theme, width: number): string[] {
  const text = distinctText(withoutAdvice(placed), withoutAdvice(first));
  const numbers = new Set(text.match(/\d+/g));
  const { packets } = placed.anomaly;
  const isSaid = packets.every((packet) => numbers.has(String(packet)));
  const full = isSaid ? text : `${text} (${packetList(packets)})`;
  return hanging(labelOf(placed, theme), theme.safe(full), width);
}

/** "#3 ": as in the table. */
function labelOf({ connections }: PlacedAnomaly, theme: Theme): string {
  return connections.length === 1 ? `#${connections[0]!} ` : `${theme.own('·')} `;
}

function hanging(label: string, text: string, width: number, paint = (first: string) => first): string[] {
  return wrapText(text, width - label.length).map((line, i) =>
    i === 0 ? `${paint(label)}${line}` : ' '.repeat(label.length) + line,
  );
}

function ladderOf(
  { anomaly, connections, across }: PlacedAnomaly,
  theme: Theme,
  options: AnomalyListOptions,
): string[] {
  const connection = options.connections.find(({ id }) => id === connections[0]);
  if (connection === undefined) return [];
  const evidence = across ? ownPackets(anomaly, connection) : anomaly.packets;
  const ladder = buildLadder(connection, evidence);
  if (ladder === null) return [];
  const lines = ladderLines(ladder, theme, {
    connection,
    severity: anomaly.severity,
    width: Math.min(options.width, WIDEST_PROSE) - 2,
  });
  return across ? [theme.faint(`connection ${connection.id}:`), ...lines] : lines;
}

/**
 * The packets of a finding across connections that belong to this connection; if there are none, the packets of its
 * own finding.
 */
function ownPackets(
  { packets }: AnomalyReport,
  { timeline, anomalies }: ConnectionReport,
): readonly number[] {
  const [worst] = anomalies;
  if (worst !== undefined) return worst.packets;
  return packets.filter((packet) => timeline.some((entry) => entry.packet === packet));
}

function packetList(packets: readonly number[]): string {
  return `${packets.length === 1 ? 'packet' : 'packets'} ${listOf(packets.map(String), SHOWN_PACKETS)}`;
}

/**
 * The packets, a filter for them, and the command that explains the rule: on one line if they fit.
 *
 * @param isOnly the only one of its group; otherwise the command stands with the group
 * @param isMarked the packets are marked in the ladder above
 */
function evidenceLines(
  { packets, severity, explain, at }: AnomalyReport,
  isOnly: boolean,
  isMarked: boolean,
  theme: Theme,
  { width, captures, clock }: AnomalyListOptions,
): string[] {
  const more = isOnly ? [theme.code(explain)] : [];
  const time = clock?.(at) ?? null;
  const when = time === null ? '' : ` at ${time}`;
  if (packets.length === 0) return more;
  const mark = isMarked ? `${theme.own('▸')} ` : '';
  const list = mark + packetList(packets) + when;
  const filters = packetFilters(packets, captures, Math.max(width - 2 - FILTER_LABEL.length, LEAST_FILTER));
  const only = filters.length === 1 ? filters[0]! : null;
  const line = `${list}${GUTTER}${FILTER_LABEL}${only?.filter ?? ''}`;
  if (only?.path === null && line.length <= width - 2) {
    const shown = `${theme.colored(severity, mark)}${packetList(packets)}${when}${GUTTER}${filterText(only.filter, theme)}`;
    const fits = line.length + GUTTER.length + (isOnly ? explain.length : 0) <= width - 2;
    return fits ? [[shown, ...more].join(GUTTER)] : [shown, ...more];
  }
  return [
    ...wrapText(list, width - 2),
    ...filters.flatMap(({ path, filter }) => [
      ...(path === null ? [] : [`in ${cutMiddle(theme.safe(path), width - 6, theme.ellipsis)}:`]),
      filterText(filter, theme),
    ]),
    ...more,
  ];
}

/** A filter for all connections of a group, and the command that explains the rule. */
function allLines(
  { members, connections }: FindingGroup,
  theme: Theme,
  options: AnomalyListOptions,
): string[] {
  const { explain } = members[0].anomaly;
  const label =
    connections.length === 2 ? `both${GUTTER}` : `all ${formatCount(connections.length)}${GUTTER}`;
  const room = options.width - 2 - label.length - FILTER_LABEL.length;
  // Stream numbers start at 0 again in each file.
  const filter =
    options.captures.length > 1 || connections.length < 2 ? null : streamFilter(connections, room);
  if (filter === null) return [theme.code(explain)];
  const shown = `${label}${filterText(filter, theme)}`;
  return filter.length + GUTTER.length + explain.length <= room
    ? [`${shown}${GUTTER}${theme.code(explain)}`]
    : [shown, theme.code(explain)];
}

function filterText(filter: string, theme: Theme): string {
  return `${theme.faint(FILTER_LABEL)}${theme.code(filter)}`;
}

function moreLines(hidden: ReadonlyMap<string, number>, theme: Theme, width: number): string[] {
  const counts = [...hidden].map(([rule, count]) => `${formatCount(count)} more ${rule}`);
  return wrapText(theme.own(`…and ${listOf(counts)} (--all or --format json shows them)`), width);
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
