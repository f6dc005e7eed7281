/** Runs the rules over a record, and withholds what the capture can't prove. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { CaptureAnomaly } from './capture-rule.ts';
import type { ConnectionTraces } from './connection-trace.ts';
import { CAPTURE_RULES, RULES } from '../rules/index.ts';
import type { Judgement, Withheld } from './judgement.ts';
import { unmetRequirement } from './requirements.ts';
import type { Anomaly, Finding, Rule } from './rule.ts';
import type { RuleContext } from './rule-context.ts';
import { isOff, optionValues, severityOf, type RuleSettings } from './settings.ts';

const RULES_BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));

/** Findings kept of one rule and connection; more are counted. */
const MAX_FINDINGS = 4;

/**
 * Rules that say all that `abnormal-closure` would, and what to look at besides: where one of them speaks (at the
 * severity named), it is not raised as well.
 */
function saysMoreThanAbnormalClosure({ rule, severity }: Anomaly): boolean {
  return (rule === 'handshake-close' && severity === 'error') || rule === 'client-handshake-close';
}

export class RuleEngine {
  readonly #context: RuleContext;
  readonly #settings: RuleSettings;
  readonly #rules: readonly { readonly rule: Rule; readonly options: Readonly<Record<string, number>> }[];

  constructor(context: RuleContext, settings: RuleSettings = {}) {
    this.#context = context;
    this.#settings = settings;
    this.#rules = RULES.map((rule) => ({ rule, options: optionValues(rule, settings) }));
  }

  /** What the rules over one connection say of it. */
  judge(record: ConnectionRecord): Judgement {
    // Made by the first finding: of most connections there is none.
    let anomalies: Anomaly[] | null = null;
    let withheld: Withheld[] | null = null;
    let omitted: { rule: string; count: number }[] | null = null;
    for (const { rule, options } of this.#rules) {
      const found = rule.check(record, this.#context, options);
      // So it is for nearly every rule and connection.
      if (found === null) continue;
      const findings = listOf(found);
      if (findings.length === 0) continue;
      const reason = unmetRequirement(rule.requires, record, this.#context);
      if (reason !== null) {
        (withheld ??= []).push({ rule: rule.id, reason });
        continue;
      }
      anomalies ??= [];
      for (const finding of findings.slice(0, MAX_FINDINGS)) anomalies.push({ rule: rule.id, ...finding });
      const count = findings.length - MAX_FINDINGS;
      if (count > 0) (omitted ??= []).push({ rule: rule.id, count });
    }
    if (anomalies === null && withheld === null) return NOTHING_FOUND;
    const isCovered = anomalies?.some(saysMoreThanAbnormalClosure) === true;
    return {
      anomalies: withoutCovered(anomalies, isCovered),
      withheld: withoutCovered(withheld, isCovered),
      omitted: omitted ?? [],
    };
  }

  /** What the rules over the whole capture say, at the severities that the user set. */
  judgeCapture(connections: ConnectionTraces): CaptureAnomaly[] {
    return CAPTURE_RULES.filter(({ id }) => !isOff(id, this.#settings)).flatMap((rule) =>
      rule.checkCapture(connections, this.#context, optionValues(rule, this.#settings)).map((finding) => ({
        rule: rule.id,
        ...finding,
        severity: severityOf(rule, finding.severity, this.#settings),
      })),
    );
  }

  /**
   * A judgement as the user wants to see it: without the rules that are off, at the severities that were set. Apart
   * from {@link judge}, for verdicts and rules over the capture rest on what is true, not on what is shown.
   */
  present(judgement: Judgement): Judgement {
    const { anomalies, withheld, omitted } = judgement;
    // There is nothing to leave out.
    if (anomalies.length + withheld.length + omitted.length === 0) return judgement;
    const isShown = ({ rule }: { readonly rule: string }) => !isOff(rule, this.#settings);
    return {
      anomalies: anomalies.filter(isShown).map((anomaly) => ({
        ...anomaly,
        severity: severityOf(RULES_BY_ID.get(anomaly.rule)!, anomaly.severity, this.#settings),
      })),
      withheld: withheld.filter(isShown),
      omitted: omitted.filter(isShown),
    };
  }
}

const NOTHING_FOUND: Judgement = { anomalies: [], withheld: [], omitted: [] };

function withoutCovered<T extends { readonly rule: string }>(list: readonly T[] | null, isCovered: boolean) {
  if (list === null) return [];
  return isCovered ? list.filter(({ rule }) => rule !== 'abnormal-closure') : list;
}

function listOf(found: Finding | readonly Finding[]): readonly Finding[] {
  return isList(found) ? found : [found];
}

function isList(found: Finding | readonly Finding[]): found is readonly Finding[] {
  return Array.isArray(found);
}
