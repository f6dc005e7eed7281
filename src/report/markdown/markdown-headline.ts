/** The first line: the verdict. A reader who stops here knows what broke. */
import { compareSeverity } from '../../basics/severity.ts';
import { isGoodVerdict } from '../../basics/verdict.ts';
import { isProblem, type RankedConnection } from '../connection-rank.ts';
import { leadOf } from '../lead-text.ts';
import { storiesOf, type Story } from '../stories.ts';
import { closedText, NO_BREAK_SPACE } from '../connection-text.ts';
import { formatCount, listOf } from '../format-count.ts';
import type { AnomalyReport, Report, Severity } from '../model.ts';
import { readableOnly, sealedHeadline } from '../sealed-text.ts';
import { escapeProse } from './escape-markdown.ts';
import { captureNames, connectionCount, firstSentence, SIGNS } from './phrases.ts';

const SHOWN_RULES = 4;

export function headline(report: Report, ranked: readonly RankedConnection[]): string {
  const problems = ranked.filter(isProblem);
  const worst = problems[0]?.severity ?? null;
  const name = captureNames(report);
  if (worst === null) return `### ${quietSign(ranked)} ${quiet(report, ranked)} (${name})`;
  const sign = SIGNS[worst];
  const stories = storiesOf(report);
  const lead = leadOf(stories);
  if (lead !== null) {
    const others = stories.filter((story) => !lead.stories.has(story) && story.severity !== 'info');
    const also = others.length === 0 ? '' : `; also ${ruleCounts(others)}`;
    return `### ${sign} ${escapeProse(capitalised(lead.text))}${also} (${name})`;
  }
  const only = problems.length === 1 ? problems[0]! : null;
  const anomaly = only === null ? undefined : leadingOf(only, stories);
  if (only !== null && anomaly !== undefined) {
    const where =
      ranked.length === 1 ? '' : ` on connection ${only.connection.id}, one of ${formatCount(ranked.length)}`;
    return `### ${sign} ${anomaly.rule}: ${escapeProse(withoutPackets(firstSentence(anomaly.message)))}${where === '' ? '' : ` (${where.trim()})`}`;
  }
  const subject =
    problems.length === ranked.length
      ? allOf(connectionCount(ranked.length, report), ranked.length)
      : `${formatCount(problems.length)} of ${connectionCount(ranked.length, report)}`;
  const verb = problems.length === 1 ? 'has' : 'have';
  return `### ${sign} ${subject} ${verb} a problem: ${rulesOf(stories, problems)} (${name})`;
}

/** "The only WebSocket connection", "Both WebSocket connections", "All 12 WebSocket connections". */
function allOf(counted: string, count: number): string {
  const noun = counted.replace(/^\S+ /, '');
  if (count === 1) return `The only ${noun}`;
  return count === 2 ? `Both ${noun}` : `All ${counted}`;
}

/** "(packets 1 and 3)" follows right below. */
function withoutPackets(sentence: string): string {
  return sentence.replace(/ \(packets? [^()]*\)/g, '').replace(/\.$/, '');
}

function quietSign(ranked: readonly RankedConnection[]): string {
  return ranked.every(({ connection }) => isGoodVerdict(connection.verdict)) ? SIGNS.clean : SIGNS.neutral;
}

function quiet(report: Report, ranked: readonly RankedConnection[]): string {
  const counts = new Map<string, number>();
  for (const { connection } of ranked)
    counts.set(connection.verdict, (counts.get(connection.verdict) ?? 0) + 1);
  const sealed = sealedHeadline(report);
  if (sealed !== null) return sealed;
  const [only] = ranked;
  if (ranked.length === 1 && only !== undefined) {
    const ending = closedText(only.connection, (text) => text).replaceAll(NO_BREAK_SPACE, ' ');
    return `The only WebSocket connection is ${only.connection.verdict}: ${escapeProse(ending)}`;
  }
  const verdicts = [...counts].map(([verdict, count]) => `${formatCount(count)} ${verdict}`);
  return `No problem found in ${connectionCount(ranked.length, report)}${readableOnly(counts)}: ${listOf(verdicts)}`;
}

/** The finding that leads the first story of a connection. */
function leadingOf({ connection }: RankedConnection, stories: readonly Story[]): AnomalyReport | undefined {
  return stories.find(({ root }) => root.refs.includes(connection.ref))?.root.anomaly;
}

function rulesOf(stories: readonly Story[], problems: readonly RankedConnection[]): string {
  const rules = ruleCounts(stories.filter(({ severity }) => severity !== 'info'));
  return rules === '' ? listOf([...new Set(problems.map(({ connection }) => connection.verdict))]) : rules;
}

/** "3 handshake-close and reconnect-loop", worst and most frequent first: the rules that lead the stories. */
function ruleCounts(stories: readonly Story[]): string {
  const rules = new Map<string, { severity: Severity; count: number }>();
  for (const { root, severity } of stories) {
    const entry = rules.get(root.anomaly.rule) ?? { severity, count: 0 };
    entry.count++;
    rules.set(root.anomaly.rule, entry);
  }
  const names = [...rules]
    .sort(([, a], [, b]) => compareSeverity(a.severity, b.severity) || b.count - a.count)
    .map(([rule, { count }]) => (count === 1 ? rule : `${formatCount(count)} × ${rule}`));
  const hidden = names.length - SHOWN_RULES;
  return listOf(hidden > 0 ? [...names.slice(0, SHOWN_RULES), `${hidden} other rules`] : names);
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
