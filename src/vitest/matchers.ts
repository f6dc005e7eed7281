/**
 * The logic and messages of the matchers of `wscap/vitest`. They know only the shape of a matcher's result, not
 * vitest.
 */
import { isAtLeast, SEVERITIES, type Severity } from '../basics/severity.ts';
import { analyze, type AnalyzeOptions } from '../library/analyze.ts';
import type { AnalyzeInput } from '../library/capture-input.ts';
import { escapeText } from '../report/escape.ts';
import { wrapText } from '../report/fit-text.ts';
import type { ConnectionReport, CrossAnomalyReport, Report, Role } from '../report/model.ts';
import { ALL_RULES } from '../rules/index.ts';
import { spoilsUpgrade } from '../rules/relations.ts';
import { connectionLine, findingLine, endingClause, findingClause, named } from './describe.ts';

/** What `expect` is given: a report, or something that can be analysed. */
export type Received = Report | AnalyzeInput | Promise<Report>;

/** Which connections are meant, and, if no report is given, how to analyse the capture. */
export interface Selection {
  /** Only the connection with this number. */
  readonly connection?: number;
  /** Only connections to this path; the query must match only if one is given here. */
  readonly path?: string;
  readonly options?: AnalyzeOptions;
}

export interface AnomalyOptions extends Selection {
  /** Less severe findings don't matter. Default "warning". */
  readonly severity?: Severity;
  /** Rules whose findings don't matter. */
  readonly except?: readonly string[];
}

export interface CloseOptions extends Selection {
  /** Who sent the first Close frame; default: either. */
  readonly by?: Role;
}

export interface Outcome {
  readonly pass: boolean;
  readonly message: () => string;
}

const SHOWN = 6;
/** Cells of a line of a message, without its indent. */
const WIDEST = 116;

export async function toHaveNoAnomalies(received: Received, options: AnomalyOptions = {}): Promise<Outcome> {
  const { severity = 'warning', except = [] } = options;
  checkOneOf('severity', severity, SEVERITIES.toReversed());
  const { report, connections } = await lookAt(received, options);
  for (const rule of except) checkRule(rule, report, options);
  const matters = (anomaly: { severity: Severity; rule: string }) =>
    isAtLeast(anomaly.severity, severity) && !except.includes(anomaly.rule);
  const ids = new Set(connections.map(({ id }) => id));
  const across = report.anomalies.filter(
    (anomaly) => matters(anomaly) && anomaly.connections.some((id) => ids.has(id)),
  );
  const lines = [
    ...connections.flatMap((connection) =>
      connection.anomalies.filter(matters).map((anomaly) => findingLine(connection, anomaly)),
    ),
    ...across.map(acrossLine),
  ];
  return outcome(
    lines.length === 0,
    `expected ${named(report)} to have no anomalies, but ${lines.length === 1 ? 'there is one' : `there are ${lines.length}`}:`,
    lines,
    `expected ${named(report)} to have anomalies, but there are none of severity ${severity} or worse`,
  );
}

export async function toHaveAnomaly(
  received: Received,
  rule: string,
  options: Selection = {},
): Promise<Outcome> {
  const { report, connections } = await lookAt(received, options);
  checkRule(rule, report, options);
  const ids = new Set(connections.map(({ id }) => id));
  const found = [
    ...connections.flatMap((connection) =>
      connection.anomalies
        .filter((anomaly) => anomaly.rule === rule)
        .map((anomaly) => findingLine(connection, anomaly)),
    ),
    ...report.anomalies
      .filter((anomaly) => anomaly.rule === rule && anomaly.connections.some((id) => ids.has(id)))
      .map(acrossLine),
  ];
  const others = connections.map((connection) => connectionLine(connection));
  return found.length > 0
    ? {
        pass: true,
        message: () => text(`expected ${named(report)} not to have ${rule}, but it does:`, found),
      }
    : {
        pass: false,
        message: () => text(`expected ${named(report)} to have ${rule}, but it does not:`, others),
      };
}

/** A valid 101, and no finding of a rule about the opening handshake. */
export async function toUpgradeCleanly(received: Received, options: Selection = {}): Promise<Outcome> {
  const { report, connections } = await lookAt(received, options);
  const lines = connections.flatMap((connection) => {
    const reason = upgradeFault(connection);
    return reason === null ? [] : [`${connectionLine(connection, false)}: ${reason}`];
  });
  return outcome(
    lines.length === 0,
    `expected ${named(report)} to upgrade cleanly, but`,
    lines,
    `expected ${named(report)} not to upgrade cleanly, but ${connections.length === 1 ? 'its connection does' : `all ${connections.length} connections do`}`,
  );
}

/** A closing handshake in which both sides take part and which begins with this code. */
export async function toCloseWith(
  received: Received,
  code: number,
  options: CloseOptions = {},
): Promise<Outcome> {
  const { by } = options;
  if (by !== undefined) checkOneOf('by', by, ['client', 'server']);
  if (!Number.isInteger(code)) {
    throw new TypeError(`toCloseWith: a close code is a whole number, as in 1000, not ${describe(code)}`);
  }
  const { report, connections } = await lookAt(received, options);
  const lines = connections.flatMap((connection) => {
    const { close } = connection;
    const first = close?.frameFirstBy ?? null;
    const firstCode = first === 'client' ? close?.clientCode : close?.serverCode;
    const isRight = close?.clean === true && firstCode === code && (by === undefined || by === first);
    return isRight
      ? []
      : [`${connectionLine(connection, false)}: ${findingClause(connection) ?? endingClause(connection)}`];
  });
  const wanted = `close with ${code}${by === undefined ? '' : ` by the ${by}`}`;
  return outcome(
    lines.length === 0,
    `expected ${named(report)} to ${wanted}, but`,
    lines,
    `expected ${named(report)} not to ${wanted}, but ${connections.length === 1 ? 'its connection does' : `all ${connections.length} connections do`}`,
  );
}

/** Null if the upgrade has no fault. */
function upgradeFault(connection: ConnectionReport): string | null {
  const { upgrade, anomalies } = connection;
  const fault = anomalies.find(({ rule, severity }) => spoilsUpgrade(rule, severity));
  if (fault !== undefined) return findingClause(connection, fault.rule);
  if (upgrade === null) return findingClause(connection) ?? 'no upgrade request was captured';
  if (upgrade.status === null) return 'the upgrade request was not answered';
  if (upgrade.status !== 101) {
    return `the server answered ${upgrade.status}${upgrade.responsePacket === null ? '' : ` in packet ${upgrade.responsePacket}`}`;
  }
  // If the request was not captured, its key is not known, and the accept can't be checked.
  return upgrade.accept === 'invalid' || upgrade.accept === 'missing'
    ? `Sec-WebSocket-Accept is ${upgrade.accept}`
    : null;
}

/** A misspelt value would never be found, and the negated assertion would always hold. */
function checkOneOf(option: string, value: unknown, known: readonly string[]): void {
  if (known.some((each) => each === value)) return;
  throw new TypeError(`${option} is one of ${known.join(', ')}, not ${describe(value)}`);
}

/** A rule of wscap or of `ownRules`, or, if a report is given, one of its findings. */
function checkRule(rule: string, report: Report, { options }: Selection): void {
  const isKnown =
    ALL_RULES.some(({ id }) => id === rule) ||
    options?.ownRules?.some(({ id }) => id === rule) === true ||
    Object.hasOwn(report.options.rules, rule) ||
    report.connections.some(({ anomalies }) => anomalies.some((anomaly) => anomaly.rule === rule));
  if (isKnown) return;
  throw new TypeError(
    `there is no rule ${describe(rule)}: "wscap explain" lists them; list your own rules in options.ownRules`,
  );
}

function describe(value: unknown): string {
  return escapeText(typeof value === 'string' ? JSON.stringify(value) : String(value));
}

interface Look {
  readonly report: Report;
  readonly connections: readonly ConnectionReport[];
}

/**
 * Throws if no connection matches: neither an assertion nor its negation may hold because there was nothing to check.
 */
async function lookAt(received: Received, { connection, path, options }: Selection): Promise<Look> {
  const awaited = await received;
  const report = isReport(awaited) ? awaited : await analyze(awaited, options);
  const connections = report.connections.filter(
    (each) =>
      (connection === undefined || each.id === connection) && (path === undefined || hasPath(each, path)),
  );
  if (connections.length > 0) return { report, connections };
  const wanted = [
    ...(connection === undefined ? [] : [`number ${connection}`]),
    ...(path === undefined ? [] : [`to ${path}`]),
  ].join(' ');
  const there = report.connections.map((each) => connectionLine(each));
  throw new Error(
    text(
      wanted === ''
        ? `${named(report)} shows no WebSocket and no upgrade request: there is nothing to expect of it`
        : `${named(report)} has no connection ${wanted}${there.length === 0 ? '' : '; it has'}`,
      there,
    ),
  );
}

function hasPath({ upgrade }: ConnectionReport, path: string): boolean {
  const target = upgrade?.target ?? null;
  if (target === null) return false;
  return target === path || target.replace(/[?#][^]*$/, '') === path;
}

function isReport(received: Report | AnalyzeInput | null): received is Report {
  return (
    typeof received === 'object' && received !== null && 'connections' in received && 'totals' in received
  );
}

function acrossLine({ rule, message, connections }: CrossAnomalyReport): string {
  return `connections ${connections.join(', ')}: ${rule}: ${escapeText(message)}`;
}

function outcome(pass: boolean, failure: string, lines: readonly string[], opposite: string): Outcome {
  return { pass, message: () => (pass ? opposite : text(failure, lines)) };
}

/** Prose in lines that fit a window; the first one is indented less. */
function broken(line: string): string[] {
  return wrapText(line, WIDEST).map((each, i) => `${i === 0 ? '  ' : '    '}${each}`);
}

function text(head: string, lines: readonly string[]): string {
  // Of many, each is one line: they are there to be counted.
  const isMany = lines.length > SHOWN;
  const shown = lines.slice(0, SHOWN).flatMap((line) => (isMany ? `  ${line}` : broken(line)));
  const hidden = lines.length - Math.min(lines.length, SHOWN);
  return [head, ...shown, ...(hidden > 0 ? [`  …and ${hidden} more`] : [])].join('\n');
}
