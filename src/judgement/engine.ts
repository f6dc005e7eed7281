/**
 * Runs rules over records, and withholds what the capture can't prove. The engine is given its rules, and
 * knows none of them by name. What one rule has to do with another one stands in the rules' own metadata.
 */
import type { ConnectionRecord } from '../connection/record.ts';
import { isTwofold, type CaptureAnomaly, type CaptureRule } from './capture-rule.ts';
import type { ConnectionTraces } from './connection-trace.ts';
import type { Judgement, Withheld } from './judgement.ts';
import { unmetRequirement } from './requirements.ts';
import type { Anomaly, Finding, OptionValues, Rule } from './rule.ts';
import type { RuleContext } from './rule-context.ts';
import { RuleFailure } from './rule-failure.ts';
import { mayAccuse } from './sealed-interest.ts';
import { withRoots } from './following.ts';
import { isOff, optionValues, severityOf, type RuleSettings } from './settings.ts';

/**
 * The most findings kept of one rule on one connection; the rest are only counted.
 * @bound findings of a rule on one connection: {count}
 */
const MAX_FINDINGS = 4;

export interface RuleSet {
  /** Rules over one connection, in the order in which their findings are reported. */
  readonly rules: readonly Rule[];
  /** Rules over the whole capture. */
  readonly captureRules: readonly CaptureRule[];
}

/** A rule with the values of its options. */
interface Prepared {
  readonly rule: Rule;
  readonly options: OptionValues;
}

export class RuleEngine {
  readonly #settings: RuleSettings;
  readonly #rules: readonly Prepared[];
  readonly #captureRules: readonly CaptureRule[];

  constructor({ rules, captureRules }: RuleSet, settings: RuleSettings = {}) {
    this.#settings = settings;
    this.#rules = rules.map((rule) => ({ rule, options: optionValues(rule, settings) }));
    this.#captureRules = [...captureRules, ...rules.filter(isTwofold)];
  }

  /**
   * What the rules over one connection say of it.
   * @throws RuleFailure where a rule throws
   */
  judge(record: ConnectionRecord, context: RuleContext): Judgement {
    // Made by the first finding: most connections have no finding.
    let anomalies: Anomaly[] | null = null;
    let withheld: Withheld[] | null = null;
    let omitted: { rule: string; count: number }[] | null = null;
    for (const prepared of this.#rules) {
      const found = check(prepared, record, context);
      // Nearly every rule finds nothing on nearly every connection.
      if (found === null) continue;
      const findings = listOf(found);
      if (findings.length === 0) continue;
      const { rule } = prepared;
      const reason = unmetRequirement(rule.requires, record, context);
      if (reason !== null) {
        (withheld ??= []).push({ rule: rule.id, meta: rule, reason });
        continue;
      }
      anomalies ??= [];
      for (const finding of findings.slice(0, MAX_FINDINGS)) {
        const severity = rule.isAboutTls === true || mayAccuse(record, context) ? finding.severity : 'info';
        anomalies.push({ rule: rule.id, meta: rule, ...finding, severity });
      }
      const count = findings.length - MAX_FINDINGS;
      if (count > 0) (omitted ??= []).push({ rule: rule.id, count });
    }
    if (anomalies === null && withheld === null) return NOTHING_FOUND;
    const covered = coveredBy(anomalies ?? []);
    return {
      anomalies: without(covered, anomalies),
      withheld: without(covered, withheld),
      omitted: omitted ?? [],
    };
  }

  /**
   * What the rules over the whole capture say, at the severities that the user set.
   * @throws RuleFailure where a rule throws
   */
  judgeCapture(connections: ConnectionTraces, context: RuleContext): CaptureAnomaly[] {
    return this.#captureRules
      .filter(({ id }) => !isOff(id, this.#settings))
      .flatMap((rule) =>
        checkCapture(rule, connections, context, optionValues(rule, this.#settings)).map((finding) => ({
          rule: rule.id,
          ...finding,
          severity: severityOf(rule, finding.severity, this.#settings),
        })),
      );
  }

  /**
   * A judgement as the user wants to see it: without the rules that are off, at the severities that were set, each finding
   * with the one that it follows from.
   * `id` is the number of the connection. This is not part of {@link judge}, because verdicts and rules over the capture rest on what is true, not
   * on what is shown.
   */
  present(judgement: Judgement, id: number): Judgement {
    const { anomalies, withheld, omitted } = judgement;
    // There is nothing to leave out.
    if (anomalies.length + withheld.length + omitted.length === 0) return judgement;
    const isShown = ({ rule }: { readonly rule: string }) => !isOff(rule, this.#settings);
    const shown = anomalies.filter(isShown).map((anomaly) => ({
      ...anomaly,
      severity: severityOf(anomaly.meta, anomaly.severity, this.#settings),
    }));
    return {
      anomalies: withRoots(shown, id),
      withheld: withheld.filter(isShown),
      omitted: omitted.filter(isShown),
    };
  }
}

const NOTHING_FOUND: Judgement = { anomalies: [], withheld: [], omitted: [] };

function check({ rule, options }: Prepared, record: ConnectionRecord, context: RuleContext) {
  try {
    return rule.check(record, context, options);
  } catch (error) {
    throw new RuleFailure(rule.id, record.id, error);
  }
}

function checkCapture(
  rule: CaptureRule,
  connections: ConnectionTraces,
  context: RuleContext,
  options: OptionValues,
) {
  try {
    return rule.checkCapture(connections, context, options);
  } catch (error) {
    throw new RuleFailure(rule.id, null, error);
  }
}

/** The ids of the rules that are left out, because findings of other rules say all that they would say. */
function coveredBy(anomalies: readonly Anomaly[]): readonly string[] {
  return anomalies.flatMap(({ meta, severity, kind }) =>
    (meta.covers ?? []).flatMap(({ rule, at, kinds }) =>
      (at ?? severity) === severity && (kinds?.includes(kind) ?? true) ? [rule] : [],
    ),
  );
}

function without<T extends { readonly rule: string }>(covered: readonly string[], list: readonly T[] | null) {
  if (list === null) return [];
  return covered.length > 0 ? list.filter(({ rule }) => !covered.includes(rule)) : list;
}

function listOf(found: Finding | readonly Finding[]): readonly Finding[] {
  return isList(found) ? found : [found];
}

function isList(found: Finding | readonly Finding[]): found is readonly Finding[] {
  return Array.isArray(found);
}
