/** All connections in one table, worst first; of many without a problem only how many there are. */
import { isProblem, type RankedConnection } from '../connection-rank.ts';
import { closedText, NO_BREAK_SPACE, targetText, upgradeText } from '../connection-text.ts';
import { formatDuration } from '../../format-duration.ts';
import { countOf, formatCount, listOf } from '../format-count.ts';
import type { DirectionTraffic } from '../model.ts';
import { codeSpan, escapeProse, tableLines } from './escape-markdown.ts';
import { cutText, endpoint, verdictSign } from './phrases.ts';

const SHOWN_PROBLEMS = 20;
const SHOWN_OTHERS = 5;
const LONGEST_TARGET = 60;

/** null for a single connection, which is told in full anyway. */
export function overview(ranked: readonly RankedConnection[]): string | null {
  if (ranked.length < 2) return null;
  const problems = ranked.filter(isProblem);
  const others = ranked.filter((each) => !isProblem(each));
  const shown = [
    ...problems.slice(0, SHOWN_PROBLEMS),
    ...others.slice(0, problems.length > 0 && others.length > SHOWN_OTHERS ? 0 : SHOWN_OTHERS),
  ];
  const kept = new Set(shown);
  const lines = tableLines(
    ['', '#', 'client → server', 'target', 'verdict', 'closed', 'upgrade', 'frames ↑ ↓', 'lasted'],
    shown.map(row),
  );
  const hidden = ranked.filter((each) => !kept.has(each));
  if (hidden.length > 0) lines.push('', `… and ${hiddenText(hidden)}`);
  return lines.join('\n');
}

function row({ connection, severity }: RankedConnection): string[] {
  const { id, client, server, verdict, traffic, durationMs } = connection;
  const target = targetText(connection, (text) => text);
  return [
    verdictSign(verdict, severity),
    String(id),
    `${codeSpan(endpoint(client))} → ${codeSpan(endpoint(server))}`,
    target === '–' ? '' : codeSpan(cutText(target, LONGEST_TARGET)),
    verdict,
    escapeProse(closedText(connection, (text) => text).replaceAll(NO_BREAK_SPACE, ' ')),
    upgradeText(connection).replaceAll(NO_BREAK_SPACE, ' '),
    `${frameCount(traffic.clientToServer)} ${frameCount(traffic.serverToClient)}`,
    formatDuration(durationMs),
  ];
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
