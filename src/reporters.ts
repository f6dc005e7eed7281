/**
 * `wscap/reporters`: turns a report into text, in the formats of the command line. Pure functions. The formats that
 * are made for passing on (Markdown, HTML, JUnit, annotations) hide secrets unless `redact: false`, as on the command
 * line.
 */
import type { DiffReport } from './compare/model.ts';
import { redactDiff } from './compare/redact-diff.ts';
import { redactReport } from './redact/redactor.ts';
import { renderDiffMarkdown } from './compare/print/markdown.ts';
import { renderDiffTable } from './compare/print/table.ts';
import { renderAnnotations } from './report/github.ts';
import { renderHtml } from './report/html/render-html.ts';
import { renderJson } from './report/json.ts';
import { renderJunit } from './report/junit.ts';
import { renderMarkdown } from './report/markdown/markdown.ts';
import type { Report, Severity } from './report/model.ts';
import { renderNdjson } from './report/ndjson.ts';
import { renderTable } from './report/terminal/table.ts';
import { CAPTURE_RULES, IDS_OVER_CAPTURE, RULES } from './rules/index.ts';
import type { RuleMeta } from './judgement/rule.ts';
import { isOff } from './judgement/settings.ts';

/** The type of these functions; a format of your own can have it, too. */
export type Reporter = (report: Report) => string;

export interface RedactOptions {
  /** Hide cookies, credentials, values of queries, payloads and the like. Default true. */
  readonly secrets?: boolean;
  /** Replace real addresses by addresses of the documentation ranges. Default false. */
  readonly addresses?: boolean;
  /** With a key, equal values get the same marks in all reports redacted with it. Default: marks are numbered. */
  readonly key?: string | Uint8Array;
}

export interface SharedOptions {
  /** Hide secrets, unless the report is redacted already. Default true. */
  readonly redact?: boolean;
}

export interface TableFormatOptions {
  /** Width of the terminal in cells. Default 80. */
  readonly columns?: number;
  /** Default false. */
  readonly color?: boolean;
  /** Only ASCII characters. Default false. */
  readonly ascii?: boolean;
  /** Show every connection and finding. Default false. */
  readonly all?: boolean;
}

export interface MarkdownFormatOptions extends SharedOptions {
  /** In UTF-16 units. Default 60,000. */
  readonly maxLength?: number;
}

export interface JunitFormatOptions extends SharedOptions {
  /** From which severity on a finding is a failure. Default "error". */
  readonly failOn?: Severity;
}

/** The report without what the options hide. */
export function redact(
  report: Report,
  { secrets = true, addresses = false, key }: RedactOptions = {},
): Report {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : (key ?? null);
  return redactReport(report, { secrets, addresses, key: bytes });
}

/** What the terminal shows. */
export function formatTable(report: Report, options: TableFormatOptions = {}): string {
  const { columns = 80, color = false, ascii = false, all = false } = options;
  return renderTable(report, { columns, color, ascii, all });
}

/** `wscap/report@1`, indented; control characters are escaped, so that a terminal executes none. */
export function formatJson(report: Report): string {
  return [...renderJson(report)].join('');
}

/** One line for each connection, and one for the rest. */
export function formatNdjson(report: Report): string {
  return [...renderNdjson(report)].join('');
}

/** A comment for a ticket. */
export function formatMarkdown(report: Report, options: MarkdownFormatOptions = {}): string {
  return renderMarkdown(shown(report, options), { maxLength: options.maxLength });
}

/** One HTML page; it shows the activity of each connection if the report has `activity`. */
export function formatHtml(report: Report, options: SharedOptions = {}): string {
  const form = shown(report, options);
  return renderHtml(form, { redacted: form.redaction?.secrets === true });
}

/** For CI systems that show test results: a test case for each rule and connection. */
export function formatJunit(report: Report, options: JunitFormatOptions = {}): string {
  const idsOf = (rules: readonly RuleMeta[]) =>
    rules.map(({ id }) => id).filter((id) => !isOff(id, report.options.rules));
  const known = new Set([...RULES, ...CAPTURE_RULES].map(({ id }) => id));
  const own = new Set(report.connections.flatMap(({ anomalies }) => anomalies.map(({ rule }) => rule)));
  const chunks = renderJunit(shown(report, options), {
    rules: [...idsOf(RULES), ...[...own].filter((id) => !known.has(id)).sort()],
    captureRules: IDS_OVER_CAPTURE.filter((id) => !isOff(id, report.options.rules)),
    failOn: options.failOn ?? 'error',
  });
  return [...chunks].join('');
}

/** Annotations for GitHub Actions: print them in a step of the workflow. */
export function formatGithub(report: Report, options: SharedOptions = {}): string {
  return renderAnnotations(shown(report, options));
}

/** What `wscap diff` shows on a terminal. */
export function formatDiffTable(diff: DiffReport, options: TableFormatOptions = {}): string {
  const { columns = 80, color = false, ascii = false, all = false } = options;
  return renderDiffTable(diff, { columns, color, ascii, all });
}

/** A comment for a ticket. @param reports the two reports that were compared: secrets are learned from them */
export function formatDiffMarkdown(
  diff: DiffReport,
  reports: readonly [good: Report, bad: Report],
  { redact: wanted = true, maxLength }: MarkdownFormatOptions = {},
): string {
  const form =
    wanted && diff.redaction?.secrets !== true
      ? redactDiff(diff, reports, { secrets: true, addresses: false, key: null })
      : diff;
  return renderDiffMarkdown(form, { maxLength });
}

/** `wscap/diff@1`, indented. */
export function formatDiffJson(diff: DiffReport): string {
  return [...renderJson(diff)].join('');
}

function shown(report: Report, { redact: wanted = true }: SharedOptions): Report {
  return wanted && report.redaction?.secrets !== true ? redact(report) : report;
}
