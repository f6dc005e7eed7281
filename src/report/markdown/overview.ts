/** All connections in one table, worst first; of many connections without a problem, only their number. */
import { isProblem, type RankedConnection } from '../connection-rank.ts';
import { closedText, NO_BREAK_SPACE, upgradeText } from '../connection-text.ts';
import { formatDuration } from '../../basics/format-duration.ts';
import { countOf, formatCount, listOf } from '../format-count.ts';
import type { DirectionTraffic } from '../model.ts';
import { codeSpan, escapeProse, tableLines } from './escape-markdown.ts';
import { cutText, endpoint, SIGNS } from './phrases.ts';

const SHOWN_PROBLEMS = 20;
const SHOWN_OTHERS = 5;
const LONGEST_TARGET = 60;

/** null for a single connection, which is shown in full anyway. */
export function overview(ranked: readonly RankedConnection[]): string | null {
  if (ranked.length < 2) return null;
  const problems = ranked.filter(isProblem);
  const others = ranked.filter((each) => !isProblem(each));
  const otherCount = problems.length > 0 && others.length > SHOWN_OTHERS ? 0 : SHOWN_OTHERS;
  const shown = [...problems.slice(0, SHOWN_PROBLEMS), ...others.slice(0, otherCount)];
  // Most captures have one server and one path. Named once above the table, they leave room for what differs.
  const common = {
    server: onlyOne(shown.map(({ connection }) => endpoint(connection.server))),
    target: onlyOne(shown.map(({ connection }) => pathOf(connection))),
  };
  const columns = COLUMNS.filter(
    ({ name }) => name === '' || !(name in common) || common[name as keyof typeof common] === null,
  );
  const lines = tableLines(
    columns.map(({ name }) => name),
    shown.map((each) => columns.map(({ cell }) => cell(each))),
  );
  const kept = new Set(shown);
  const hidden = ranked.filter((each) => !kept.has(each));
  if (hidden.length > 0) lines.push('', `… and ${hiddenText(hidden)}`);
  const caption = captionOf(common.server, common.target);
  return [...(caption === '' ? [] : [caption, '']), ...lines].join('\n');
}

interface Column {
  readonly name: string;
  readonly cell: (ranked: RankedConnection) => string;
}

const COLUMNS: readonly Column[] = [
  { name: '', cell: ({ mark }) => SIGNS[mark] },
  { name: '#', cell: ({ connection }) => String(connection.id) },
  { name: 'client', cell: ({ connection }) => codeSpan(endpoint(connection.client)) },
  { name: 'server', cell: ({ connection }) => codeSpan(endpoint(connection.server)) },
  { name: 'target', cell: ({ connection }) => targetCode(pathOf(connection)) },
  {
    name: 'verdict, closed by',
    cell: ({ connection }) =>
      `**${connection.verdict}**: ${escapeProse(closedText(connection, same).replaceAll(NO_BREAK_SPACE, ' '))}`,
  },
  { name: 'upgrade', cell: ({ connection }) => upgradeText(connection).replaceAll(NO_BREAK_SPACE, ' ') },
  {
    name: 'frames',
    cell: ({ connection: { traffic } }) =>
      `↑ ${frameCount(traffic.clientToServer)} ↓ ${frameCount(traffic.serverToClient)}`,
  },
  { name: 'lasted', cell: ({ connection }) => formatDuration(connection.durationMs) },
];

/** Not escaped here: that is done where the text is used. */
function same(text: string): string {
  return text;
}

/** Without the host, which is mostly the same as the server. */
function pathOf({ upgrade }: RankedConnection['connection']): string {
  return upgrade?.target ?? '';
}

/** null if they differ. */
function onlyOne(texts: readonly string[]): string | null {
  return new Set(texts).size === 1 ? texts[0]! : null;
}

function captionOf(server: string | null, target: string | null): string {
  const parts = [
    server === null ? '' : `to ${codeSpan(server)}`,
    target === null || target === '' ? '' : `target ${targetCode(target)}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `All ${parts.join(', ')}:`;
}

function targetCode(target: string): string {
  return codeSpan(cutText(target, LONGEST_TARGET));
}

function frameCount({ frames }: DirectionTraffic): string {
  return formatCount(
    Object.values(frames as unknown as Record<string, number>).reduce((sum, count) => sum + count, 0),
  );
}

function hiddenText(hidden: readonly RankedConnection[]): string {
  const counts = new Map<string, number>();
  for (const { connection } of hidden)
    counts.set(connection.verdict, (counts.get(connection.verdict) ?? 0) + 1);
  const verdicts = [...counts].map(([verdict, count]) => `${formatCount(count)} ${verdict}`);
  return `${countOf(hidden.length, 'more connection')}: ${listOf(verdicts)}`;
}
