/**
 * `--format junit`: test results for Jenkins, GitLab and other programs that read JUnit's XML. The capture is a
 * suite. Each pair of a connection and a rule that was evaluated is a case: passed, failed, or skipped if the capture
 * can't show what the rule needs. Only elements of the Jenkins schema (junit-10.xsd) are written.
 *
 * Bounded: a capture of thousands of connections would make a hundred thousand cases that say nothing. Beyond the
 * bound, all rules that passed on a connection are one case.
 */
import { isAtLeast } from '../basics/severity.ts';
import { rankConnections, type RankedConnection } from './connection-rank.ts';
import { placeAnomalies } from './stories.ts';
import { closedText, endpointText, NO_BREAK_SPACE, targetText } from './connection-text.ts';
import { escapeMarkup } from './escape.ts';
import { formatCount } from './format-count.ts';
import { inventoryRows } from './inventory-text.ts';
import type { AnomalyReport, Report, Severity } from './model.ts';
import { packetFilters } from './packet-filter.ts';

export interface JunitOptions {
  /** The evaluated rules over one connection, by id, in the order of the cases. */
  readonly rules: readonly string[];
  /** The evaluated rules over the whole capture. */
  readonly captureRules: readonly string[];
  /** A finding of this severity or worse fails its case; a milder one passes, and is mentioned in its output. */
  readonly failOn: Severity;
}

/**
 * Beyond this many cases, the rules that passed on a connection are one case.
 * @bound cases of a JUnit suite: {count}, then one a connection
 */
const MAX_CASES = 20_000;
/** Connections that get a case of their own; the others are counted. */
const MAX_CONNECTIONS = 20_000;
const LONGEST_FILTER = 400;

type Outcome = 'passed' | 'failed' | 'skipped';

interface Case {
  readonly className: string;
  readonly name: string;
  readonly milliseconds: number;
  readonly outcome: Outcome;
  /** Lines within `<testcase>`. */
  readonly body: readonly string[];
}

export function* renderJunit(report: Report, options: JunitOptions): Generator<string> {
  const { cases, left } = casesOf(report, options);
  const count = (outcome: Outcome) => cases.filter((each) => each.outcome === outcome).length;
  const numbers = `tests="${cases.length}" failures="${count('failed')}" errors="0"`;
  const startedAt =
    report.captures.find(({ firstPacketAt }) => firstPacketAt !== null)?.firstPacketAt ?? null;
  const timestamp = startedAt === null ? '' : ` timestamp="${startedAt.slice(0, 19)}"`;
  const time = report.captures.reduce((sum, { durationMs }) => sum + Math.max(0, durationMs ?? 0), 0);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="wscap" ${numbers} time="${seconds(time)}">\n`;
  yield `  <testsuite name="${escapeMarkup(suiteName(report))}" ${numbers} skipped="${count('skipped')}" time="${seconds(time)}"${timestamp}>\n`;
  yield* propertyLines(report);
  for (const each of cases) yield caseText(each);
  const notes = [...report.captures.flatMap((capture) => capture.notes), ...report.notes].map(
    ({ code, message }) => `${code}: ${message}`,
  );
  if (left > 0) notes.push(`${formatCount(left)} more connections without a finding have no case here`);
  for (const { server, speaks, howOften } of inventoryRows(report).rows) {
    notes.push(`${server}: ${speaks}, ${howOften}`);
  }
  if (notes.length > 0) yield `    <system-out>${escapeLines(notes)}</system-out>\n`;
  yield '  </testsuite>\n</testsuites>\n';
}

function suiteName({ captures }: Report): string {
  return captures.map(({ path }) => (path === '-' ? 'standard input' : path)).join(', ') || 'no capture';
}

function* propertyLines({ tool, totals, options }: Report): Generator<string> {
  const properties = {
    'wscap.version': tool.version,
    'wscap.windowMs': options.windowMs,
    'wscap.packets': totals.packets,
    'wscap.webSocketConnections': totals.webSocketConnections,
  };
  yield '    <properties>\n';
  for (const [name, value] of Object.entries(properties)) {
    yield `      <property name="${name}" value="${escapeMarkup(String(value))}"/>\n`;
  }
  yield '    </properties>\n';
}

function casesOf(report: Report, options: JunitOptions): { cases: Case[]; left: number } {
  const ranked = rankConnections(report);
  const cases = options.captureRules.map((rule) => {
    const found = placeAnomalies(report).filter(({ across, anomaly }) => across && anomaly.rule === rule);
    return caseOf(
      'wscap.capture',
      rule,
      0,
      found.map(({ anomaly }) => anomaly),
      null,
      report,
      options,
    );
  });
  for (const each of ranked.slice(0, MAX_CONNECTIONS))
    cases.push(...connectionCases(each, cases.length, report, options));
  return { cases, left: Math.max(0, ranked.length - MAX_CONNECTIONS) };
}

function connectionCases(
  { connection }: RankedConnection,
  before: number,
  report: Report,
  options: JunitOptions,
): Case[] {
  const className = `wscap.connection ${connection.id}`;
  const withheld = new Map<string, string>();
  for (const { code, message } of connection.notes) {
    const [, rule, reason] =
      code === 'rule-withheld' ? (/^([\w-]+) was not judged: (.*)$/s.exec(message) ?? []) : [];
    if (rule !== undefined && reason !== undefined) withheld.set(rule, reason);
  }
  const cases: Case[] = [];
  let passed = 0;
  for (const rule of options.rules) {
    const found = connection.anomalies.filter((anomaly) => anomaly.rule === rule);
    const reason = withheld.get(rule) ?? null;
    if (found.length === 0 && reason === null && before > MAX_CASES) {
      passed++;
      continue;
    }
    const facts = found.length === 0 ? [] : connectionFacts(connection);
    cases.push(caseOf(className, rule, connection.durationMs, found, reason, report, options, facts));
  }
  if (passed > 0) {
    cases.push(
      caseOf(
        className,
        `${passed} rules without a finding`,
        connection.durationMs,
        [],
        null,
        report,
        options,
      ),
    );
  }
  return cases;
}

function connectionFacts(connection: RankedConnection['connection']): string[] {
  const same = (text: string): string => text;
  const { client, server, verdict } = connection;
  return [
    `connection ${connection.id} (tcp.stream): ${endpointText(client, same)} to ${endpointText(server, same)}, ${targetText(connection, same)}`,
    `verdict: ${verdict}, ${closedText(connection, same).replaceAll(NO_BREAK_SPACE, ' ')}`,
  ];
}

function caseOf(
  className: string,
  name: string,
  milliseconds: number,
  found: readonly AnomalyReport[],
  withheld: string | null,
  report: Report,
  { failOn }: JunitOptions,
  facts: readonly string[] = [],
): Case {
  const failing = found.filter(({ severity }) => isAtLeast(severity, failOn));
  const milder = found.filter((anomaly) => !failing.includes(anomaly));
  const body = failing.map(
    (anomaly) =>
      `<failure type="${escapeMarkup(anomaly.rule)}" message="${escapeMarkup(`${anomaly.severity}: ${firstSentence(anomaly.message)}`)}">` +
      `${escapeLines([...anomalyLines(anomaly, report), ...facts])}</failure>`,
  );
  if (body.length === 0 && withheld !== null) body.push(`<skipped message="${escapeMarkup(withheld)}"/>`);
  if (milder.length > 0) {
    const lines = milder.flatMap((anomaly) => anomalyLines(anomaly, report));
    body.push(`<system-out>${escapeLines([...lines, ...facts])}</system-out>`);
  }
  const outcome =
    failing.length > 0 ? 'failed' : withheld !== null && milder.length === 0 ? 'skipped' : 'passed';
  return { className, name, milliseconds, outcome, body };
}

function anomalyLines(
  { severity, rule, message, packets, explain }: AnomalyReport,
  { captures }: Report,
): string[] {
  const filters = packetFilters(packets, captures, LONGEST_FILTER).map(
    ({ path, filter }) => `Wireshark${path === null ? '' : ` (${path})`}: ${filter}`,
  );
  return [`${severity}: ${rule}`, message, ...filters, explain];
}

function caseText({ className, name, milliseconds, body }: Case): string {
  const start = `    <testcase classname="${escapeMarkup(className)}" name="${escapeMarkup(name)}" time="${seconds(milliseconds)}"`;
  if (body.length === 0) return `${start}/>\n`;
  return `${start}>\n${body.map((element) => `      ${element}\n`).join('')}    </testcase>\n`;
}

function escapeLines(lines: readonly string[]): string {
  return lines.map(escapeMarkup).join('\n');
}

/** The first sentence says what happened; the element holds the whole message. */
function firstSentence(message: string): string {
  return /^.*?\.(?= [A-Z])/.exec(message)?.[0] ?? message;
}

/** "0.657": a time as the schema wants it, with a decimal point and no exponent. */
function seconds(milliseconds: number): string {
  return (Math.max(0, milliseconds) / 1000).toFixed(3);
}
