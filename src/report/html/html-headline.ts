/** The first thing that the reader sees: what is wrong, in words. */
import { isProblem, type RankedConnection } from '../connection-rank.ts';
import { readableOnly, sealedHeadline } from '../sealed-text.ts';
import { withLeftOut } from '../choice.ts';
import { noHandshakeText, noneChosenText } from '../empty-result.ts';
import { NO_BREAK_SPACE, endpointText, isForged } from '../connection-text.ts';
import { countOf, formatCount, listOf } from '../format-count.ts';
import { formatDuration } from '../../basics/format-duration.ts';
import { isGoodVerdict } from '../../basics/verdict.ts';
import { leadOf } from '../lead-text.ts';
import { storiesOf } from '../stories.ts';
import { median } from '../../basics/median.ts';
import type { CloseReport, Report } from '../model.ts';
import { endingSentence } from './ending-sentence.ts';
import type { Mark } from './page-data.ts';

/** Not escaped here: the template escapes. */
const asIs = (text: string): string => text;

const NOT_OPENED: ReadonlySet<string> = new Set(['refused', 'rejected', 'unanswered']);

export interface Verdict {
  readonly mark: Mark;
  /** A short sentence. */
  readonly headline: string;
  /** Who, when, how; empty if the headline says it. */
  readonly summary: string;
}

export function verdictOf(report: Report, ranked: readonly RankedConnection[]): Verdict {
  const verdict = verdictOfChosen(report, ranked);
  return ranked.length === 0 ? verdict : { ...verdict, headline: withLeftOut(verdict.headline, report) };
}

function verdictOfChosen(report: Report, ranked: readonly RankedConnection[]): Verdict {
  const [first] = ranked;
  if (first === undefined) return nothingFound(report);
  const problems = ranked.filter(isProblem);
  const across = report.anomalies.find(({ severity }) => severity !== 'info');
  const mark = problems[0]?.severity ?? across?.severity ?? 'clean';
  const lead = leadOf(storiesOf(report));
  if (lead !== null) return { mark, headline: capitalised(lead.text), summary: '' };
  const sealed = problems.length === 0 ? sealedHeadline(report) : null;
  if (sealed !== null) return { mark: 'neutral', headline: sealed, summary: '' };
  if (ranked.length === 1) return ofOne(first, mark);
  const refused = problems.filter(({ connection }) => connection.verdict === 'refused').length;
  if (refused === ranked.length) return { mark, headline: noConnection(ranked, refused), summary: '' };
  const noun = ranked.length === report.totals.webSocketConnections ? 'WebSocket connections' : 'connections';
  if (problems.length === 0) return { mark: markOfGood(ranked), ...noProblem(ranked, noun) };
  const subject =
    problems.length === ranked.length
      ? `${ranked.length === 2 ? 'Both' : `All ${formatCount(ranked.length)}`} ${noun}`
      : `${formatCount(problems.length)} of ${formatCount(ranked.length)} ${noun}`;
  return {
    mark,
    headline: `${subject} ${problems.length === 1 ? 'has' : 'have'} a problem`,
    summary: problems.length === 1 ? ofOnly(problems[0]!) : whoEnded(problems),
  };
}

/** "None of 3 connections came about: 127.0.0.1:9998 refused all of them". */
function noConnection(ranked: readonly RankedConnection[], count: number): string {
  const servers = new Set(ranked.map(({ connection: { server } }) => endpointText(server, asIs)));
  const isRst = ranked.every(({ connection }) => connection.close?.how === 'rst');
  const where = servers.size === 1 ? [...servers].join('') : `${formatCount(servers.size)} servers`;
  return `None of ${formatCount(count)} connections came about: ${where} ${isRst ? 'refused all of them' : 'did not accept any'}`;
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function ofOnly({ connection }: RankedConnection): string {
  return `Connection #${connection.id}: ${endingSentence(connection, asIs)}`;
}

function ofOne(ranked: RankedConnection, mark: Mark): Verdict {
  const { connection } = ranked;
  const headline = endingSentence(connection, asIs);
  const isGood = !isProblem(ranked);
  return {
    mark: isGood && !isGoodVerdict(connection.verdict) ? 'neutral' : mark,
    headline,
    summary: isGood && isGoodVerdict(connection.verdict) ? 'No problem was found.' : '',
  };
}

function markOfGood(ranked: readonly RankedConnection[]): Mark {
  return ranked.every(({ connection }) => isGoodVerdict(connection.verdict)) ? 'clean' : 'neutral';
}

function noProblem(ranked: readonly RankedConnection[], noun: string): Pick<Verdict, 'headline' | 'summary'> {
  const counts = new Map<string, number>();
  for (const { connection } of ranked) {
    counts.set(connection.verdict, (counts.get(connection.verdict) ?? 0) + 1);
  }
  if (counts.size === 1 && counts.has('unknown')) {
    return {
      headline: `${formatCount(ranked.length)} ${noun}, no verdict possible`,
      summary: 'The notes say what the capture lacks.',
    };
  }
  const verdicts = [...counts].map(([verdict, count]) => `${formatCount(count)} ${verdict}`);
  return {
    headline: `No problem found in ${formatCount(ranked.length)} ${noun}${readableOnly(counts)}`,
    summary: `By verdict: ${listOf(verdicts)}.`,
  };
}

/** Endings count as one group if all come within this time after the 101, or hardly later than their median. */
const SOON_MS = 100;
const SAME = 1.1;

/** "The server ended 9 of them (8 with FIN, 1 with RST); the client ended 1 of them with FIN; half of them within 0.7 ms of the 101." */
function whoEnded(problems: readonly RankedConnection[]): string {
  // After a refusal it doesn't matter who closes the connection.
  const closes = problems
    .filter(({ connection }) => !NOT_OPENED.has(connection.verdict))
    .map(({ connection }) => connection.close)
    .filter((close) => close !== null);
  const parts = (['server', 'client'] as const).flatMap((role) => {
    const own = closes.filter((close) => close.firstBy === role && !isForged(close));
    if (own.length === 0) return [];
    const isAll = own.length === problems.length;
    const subject = isAll ? `all ${formatCount(own.length)}` : `${formatCount(own.length)} of them`;
    return [`the ${role} ended ${subject} ${howText(own)}`];
  });
  const rejected = problems.filter(({ connection }) => connection.verdict === 'rejected').length;
  const refused = problems.filter(({ connection }) => connection.verdict === 'refused').length;
  const unanswered = problems.filter(({ connection }) => connection.verdict === 'unanswered').length;
  if (refused > 0) parts.push(`${countOf(refused, 'connection', 'connections')} never came about`);
  if (rejected > 0) parts.push(`${countOf(rejected, 'upgrade was', 'upgrades were')} refused`);
  if (unanswered > 0) parts.push(`${countOf(unanswered, 'upgrade was', 'upgrades were')} never answered`);
  const times = closes.map(({ afterUpgradeMs }) => afterUpgradeMs).filter((ms) => ms !== null);
  if (times.length > 1) parts.push(howSoon(times));
  return parts.length === 0 ? '' : `${parts.join('; ').replace(/^t/, 'T')}.`;
}

function howText(closes: readonly CloseReport[]): string {
  const rst = closes.filter(({ how }) => how === 'rst').length;
  const fin = closes.length - rst;
  if (rst === 0) return 'with FIN';
  return fin === 0 ? 'with RST' : `(${formatCount(fin)} with FIN, ${formatCount(rst)} with RST)`;
}

/** Gives the slowest time if it is hardly larger than the median or too short to notice; otherwise the median. */
function howSoon(times: readonly number[]): string {
  const slowest = times.reduce((a, b) => Math.max(a, b));
  const middle = median(times);
  return slowest <= SOON_MS || slowest <= middle * SAME
    ? `they ended within ${unbroken(slowest)} of the 101`
    : `half of them within ${unbroken(middle)} of the 101`;
}

function unbroken(ms: number): string {
  return formatDuration(ms).replaceAll(' ', NO_BREAK_SPACE);
}

function nothingFound(report: Report): Verdict {
  const { totals } = report;
  const headline =
    noneChosenText(report) ??
    (totals.packets === 0
      ? 'The capture is empty: no packets'
      : totals.tcpConnections === 0
        ? `No TCP connection in ${countOf(totals.packets, 'packet')}`
        : noHandshakeText(report));
  return { mark: 'neutral', headline, summary: '' };
}
