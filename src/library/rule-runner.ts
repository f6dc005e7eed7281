/** Runs the user's own rules on each connection when it is over, and counts their findings. */
import { isSeverity, type Severity } from '../basics/severity.ts';
import type { AnomalyReport, ConnectionReport, ReportSummary } from '../report/model.ts';
import { ALL_RULES } from '../rules/index.ts';
import type { RuleSettings } from '../judgement/settings.ts';
import { RuleError, type Rule, type RuleFinding } from './rule.ts';

/** Findings kept for one rule on one connection, as for wscap's own rules; a note says how many more there are. */
const MAX_FINDINGS = 4;

/** A setting that is not an object would have no effect and no error. */
function checkSetting(id: string, setting: unknown): void {
  if (typeof setting !== 'object' || setting === null || Array.isArray(setting)) {
    throw new TypeError(
      `analyze: options.rules["${id}"] must be an object, as in { severity: 'error' }, not ${JSON.stringify(setting)}`,
    );
  }
  const { severity } = setting as { severity?: unknown };
  if (severity !== undefined && severity !== 'off' && !isSeverity(severity)) {
    throw new TypeError(
      `analyze: the severity of ${id} must be error, warning, info or off, not ${JSON.stringify(severity)}`,
    );
  }
}

export class RuleRunner {
  readonly #rules: readonly Rule[];
  readonly #settings: RuleSettings;
  readonly #found: Record<Severity, number> = { error: 0, warning: 0, info: 0 };

  /** @throws TypeError if a rule is malformed, or a setting names no known rule */
  constructor(rules: readonly Rule[], settings: RuleSettings) {
    const ids = new Set(ALL_RULES.map(({ id }) => id));
    for (const { id, check } of rules) {
      if (!/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/.test(id)) {
        throw new TypeError(`analyze: "${id}" is not a valid rule id: use lower-case words joined by dashes`);
      }
      if (ids.has(id)) throw new TypeError(`analyze: there are two rules with the id "${id}"`);
      if (typeof check !== 'function') throw new TypeError(`analyze: rule "${id}" has no function "check"`);
      ids.add(id);
    }
    const unknown = Object.keys(settings).find((id) => !ids.has(id));
    if (unknown !== undefined)
      throw new TypeError(`analyze: options.rules sets "${unknown}", which is not a rule`);
    for (const [id, setting] of Object.entries(settings)) checkSetting(id, setting);
    this.#rules = rules.filter(({ id }) => settings[id]?.severity !== 'off');
    this.#settings = settings;
  }

  /** Adds the findings of the user's rules to the connection's anomalies. */
  judge(connection: ConnectionReport): void {
    for (const rule of this.#rules) {
      const findings = this.#check(rule, connection);
      for (const finding of findings.slice(0, MAX_FINDINGS)) {
        const anomaly = this.#anomaly(rule, finding, connection);
        this.#found[anomaly.severity]++;
        connection.anomalies.push(anomaly);
      }
      const omitted = findings.length - MAX_FINDINGS;
      if (omitted > 0) {
        connection.notes.push({
          code: 'more-findings',
          message: `${rule.id} has ${omitted} more findings on this connection`,
        });
      }
    }
  }

  /** Adds the user's findings to the totals. */
  summary(summary: ReportSummary): ReportSummary {
    const { error, warning, info } = summary.totals.anomalies;
    const anomalies = {
      error: error + this.#found.error,
      warning: warning + this.#found.warning,
      info: info + this.#found.info,
    };
    return { ...summary, totals: { ...summary.totals, anomalies } };
  }

  #check(rule: Rule, connection: ConnectionReport): readonly RuleFinding[] {
    try {
      const found = rule.check(connection) ?? [];
      const findings = isList(found) ? found : [found];
      const wrong = findings.find(({ message }) => typeof message !== 'string' || message === '');
      if (wrong !== undefined) throw new TypeError('a finding needs a message');
      return findings;
    } catch (error) {
      throw new RuleError(rule.id, connection.id, error);
    }
  }

  #anomaly(rule: Rule, finding: RuleFinding, connection: ConnectionReport): AnomalyReport {
    const {
      message,
      advice = '',
      kind = 'found',
      packets = [connection.firstPacket],
      evidence = {},
    } = finding;
    const set = this.#settings[rule.id]?.severity;
    const severity = finding.severity ?? rule.severity ?? 'warning';
    if (!isSeverity(severity)) {
      throw new RuleError(rule.id, connection.id, new TypeError(`"${String(severity)}" is not a severity`));
    }
    return {
      rule: rule.id,
      kind,
      severity: set === undefined || set === 'off' ? severity : set,
      message: advice === '' ? message : `${message} ${advice}`,
      advice,
      packets: [...packets],
      at: finding.at ?? timeOf(packets[0], connection),
      explain: rule.explain ?? `own rule ${rule.id}`,
      evidence: { ...evidence },
      follows: null,
    };
  }
}

function timeOf(packet: number | undefined, { timeline, openedAt, firstPacket }: ConnectionReport): string {
  if (packet === firstPacket) return openedAt;
  return timeline.find((entry) => entry.packet === packet)?.at ?? openedAt;
}

function isList(found: RuleFinding | readonly RuleFinding[]): found is readonly RuleFinding[] {
  return Array.isArray(found);
}
