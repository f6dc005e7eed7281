/**
 * `--format markdown`: the report as a comment in a bug ticket, for GitHub and GitLab (Jira takes it, too). The
 * verdict is in the first line, the worst connection right below, the rest folded. Never longer than a comment may
 * be.
 */
import { withLeftOut } from '../choice.ts';
import { isProblem, rankConnections, type RankedConnection } from '../connection-rank.ts';
import { placeAnomalies, storiesOf } from '../stories.ts';
import { emptyLines, hintLines, hints } from '../empty-result.ts';
import { sealedHeadline } from '../sealed-text.ts';
import { countOf, formatCount, listOf } from '../format-count.ts';
import type { Report } from '../model.ts';
import { createTheme } from '../terminal/theme.ts';
import { fit, type Block, type Fitted, type Piece } from './budget.ts';
import { detailsFold, diagramPiece } from './connection-details.ts';
import { connectionFacts } from './connection-facts.ts';
import { escapeProse } from './escape-markdown.ts';
import { findingBlocks } from './findings.ts';
import { footer } from './footer.ts';
import { headline } from './markdown-headline.ts';
import { inventoryTable } from './inventory-table.ts';
import { limits } from './limits.ts';
import { summaryTable } from './summary-table.ts';
import { overview } from './overview.ts';
import { captureName, SIGNS } from './phrases.ts';

export interface MarkdownOptions {
  /** In UTF-16 units. Default 60,000: a comment on GitHub may have 65,536 characters, one on Jira 32,767. */
  readonly maxLength: number | undefined;
}

const DEFAULT_MAX_LENGTH = 60_000;
/** Connections that get more than a line in the table. */
const SHOWN_DETAILS = 20;
/** For the sentence that says what was left out. */
const RESERVED = 400;
/** A lower number is more important. */
const FACTS = 1;
const FINDINGS = 10;
const DIAGRAM = 40;
const OVERVIEW = 50;
const LIMITS = 60;
const ALIKE = 70;
const DETAILS = 100;
const PARTS = 10;

export function renderMarkdown(report: Report, options: MarkdownOptions): string {
  const maxLength = options.maxLength ?? DEFAULT_MAX_LENGTH;
  const ranked = rankConnections(report);
  const end = footer(report);
  const blocks = bodyBlocks(report, ranked);
  const room = maxLength - end.length - RESERVED;
  const fitted = fit(blocks, room);
  const untold = Math.max(0, toTell(ranked).length - SHOWN_DETAILS);
  const parts = [fitted.text, leftOutText(fitted, untold, maxLength), end];
  const text = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  return text.length <= maxLength ? text : shortened(text, maxLength);
}

function bodyBlocks(report: Report, ranked: readonly RankedConnection[]): Block[] {
  if (ranked.length === 0 && report.anomalies.length === 0)
    return [...emptyBlocks(report), ...inventoryBlocks(report), ...limitBlocks(report)];
  const told = leadFirst(toTell(ranked), report).slice(0, SHOWN_DETAILS);
  const [worst, ...others] = told;
  const blocks: Block[] = [always(withLeftOut(headline(report, ranked), report))];
  const summary = summaryTable(report);
  if (summary !== null) {
    blocks.push({ importance: FACTS, label: ['summary', 'summaries'], text: summary });
  }
  if (worst !== undefined) {
    blocks.push({
      importance: FACTS,
      label: ['table of facts', 'tables of facts'],
      text: connectionFacts(worst.connection, report),
    });
    const diagram = isProblem(worst) ? diagramPiece(worst.connection, DIAGRAM) : null;
    if (diagram !== null) blocks.push(diagram);
  }
  if (placeAnomalies(report).length > 0)
    blocks.push(heading('Findings', FINDINGS), ...findingBlocks(report, FINDINGS, ALIKE));
  const table = overview(ranked);
  if (table !== null) {
    blocks.push({
      importance: OVERVIEW,
      label: ['table of all connections', 'tables'],
      text: `#### Connections\n\n${table}`,
    });
  }
  if (worst !== undefined) {
    const fold = detailsFold(worst.connection, DETAILS, !isProblem(worst));
    if (fold !== null) blocks.push(fold);
  }
  others.forEach(({ connection }, i) => {
    const fold = detailsFold(connection, DETAILS + (i + 1) * PARTS, true);
    if (fold !== null) blocks.push(fold);
  });
  if (sealedHeadline(report) !== null) blocks.push(always(escapeProse(hints(report).join(' '))));
  return [...blocks, ...inventoryBlocks(report), ...limitBlocks(report)];
}

function inventoryBlocks(report: Report): Block[] {
  const text = inventoryTable(report);
  if (text === null) return [];
  return [{ importance: LIMITS, label: ['table of servers', 'tables of servers'], text }];
}

/**
 * The connections to show in detail: those with a problem, one of each kind before the second of any; if there are
 * none, a few others.
 */
function toTell(ranked: readonly RankedConnection[]): RankedConnection[] {
  const problems = ranked.filter(isProblem);
  if (problems.length === 0) return ranked.slice(0, 3);
  const seen = new Map<string, number>();
  return problems
    .map((each) => {
      const story = [
        each.connection.verdict,
        ...each.anomalies.map(({ rule, kind }) => `${rule} ${kind}`),
      ].join();
      const round = seen.get(story) ?? 0;
      seen.set(story, round + 1);
      return { each, round };
    })
    .sort((a, b) => a.round - b.round)
    .map(({ each }) => each);
}

/** The connection that the first line speaks of comes first: table of facts and diagram are of it. */
function leadFirst(told: readonly RankedConnection[], report: Report): readonly RankedConnection[] {
  const [first] = storiesOf(report);
  const [ref] = first?.root.refs ?? [];
  const lead = told.find(({ connection }) => connection.ref === ref);
  if (lead === undefined || first?.severity === 'info') return told;
  return [lead, ...told.filter((each) => each !== lead)];
}

/** The same sentences as in the table: what the capture holds instead, and what to try. */
function emptyBlocks(report: Report): Block[] {
  const theme = createTheme({ color: false, ascii: false });
  const captures = report.captures.map((capture) => ({ ...capture, path: captureName(capture) }));
  const [first = ''] = emptyLines({ ...report, captures }, theme, Infinity);
  const hints = hintLines(report, theme, Infinity).map((line) => line.trim());
  return [
    always(`### ${SIGNS.neutral} ${escapeProse(first.slice(theme.symbol('info').length + 1))}`),
    always(escapeProse(hints.join(' ').trim())),
  ];
}

function limitBlocks(report: Report): Block[] {
  const text = limits(report);
  return text === null ? [] : [{ importance: LIMITS, label: ['list of notes', 'lists of notes'], text }];
}

function heading(text: string, importance: number): Piece {
  return { importance, label: ['heading', 'headings'], text: `#### ${text}` };
}

function always(text: string): Piece {
  return { importance: 0, label: ['line', 'lines'], text };
}

function leftOutText({ leftOut }: Fitted, untold: number, maxLength: number): string {
  const parts = untold > 0 ? [`the details of ${countOf(untold, 'more connection')}`] : [];
  for (const { label, count } of leftOut) {
    if (label[0] !== 'heading') parts.push(countOf(count, ...label));
  }
  if (parts.length === 0) return '';
  return `*Left out to stay under ${formatCount(maxLength)} characters: ${listOf(parts, 6)}. \`wscap analyze --format json\` has it all.*`;
}

/**
 * Used only if the first line and the footer alone are too long, which hostile names can cause. Removes whole lines,
 * since a code span cut in two would turn its content into markup.
 */
function shortened(text: string, maxLength: number): string {
  const note = '(cut: `wscap analyze --format json` has it all)\n';
  let kept = '';
  for (const line of text.split('\n')) {
    if (kept.length + line.length + 1 + note.length > maxLength) break;
    kept += `${line}\n`;
  }
  return kept + note;
}
