/** What users may set of rules: a severity, or off, and the values of options. */
import { compareSeverity, type Severity } from '../basics/severity.ts';
import type { OptionValues, RuleMeta, RuleOptionSpecs } from './rule.ts';

/**
 * The handshake-close window where the user sets none: a server that closes within it did not mean its 101.
 */
export const DEFAULT_WINDOW_MS = 100;

export interface RuleSetting {
  readonly severity?: Severity | 'off';
  readonly options?: Readonly<Record<string, number>>;
}

/** By rule id. */
export type RuleSettings = Readonly<Record<string, RuleSetting>>;

export function isOff(id: string, settings: RuleSettings): boolean {
  return settings[id]?.severity === 'off';
}

/**
 * The values of rules for which nothing is set (nearly all): made once, not for each of a thousand captures.
 */
const defaultValues = new WeakMap<RuleMeta['options'], OptionValues>();

/** The values of a rule's options: the defaults, but for those that the user set. */
export function optionValues<Options extends RuleOptionSpecs>(
  { id, options }: RuleMeta<Options>,
  settings: RuleSettings,
): OptionValues<Options> {
  const given = settings[id]?.options;
  // `valuesOf` makes one value for each name in `options`, so the type is right.
  if (given !== undefined) return valuesOf(options, given) as OptionValues<Options>;
  let values = defaultValues.get(options);
  if (values === undefined) {
    values = valuesOf(options, {});
    defaultValues.set(options, values);
  }
  return values as OptionValues<Options>;
}

function valuesOf(options: RuleMeta['options'], given: Readonly<Record<string, number>>): OptionValues {
  return Object.fromEntries(
    Object.entries(options).map(([name, spec]) => [name, given[name] ?? spec.default]),
  );
}

/**
 * The severity of a finding as the user wants it. A rule's gravest findings get the severity that was set;
 * milder findings keep their own, unless it is graver than the one that was set.
 */
export function severityOf(rule: RuleMeta, found: Severity, settings: RuleSettings): Severity {
  const wanted = settings[rule.id]?.severity;
  if (wanted === undefined || wanted === 'off') return found;
  return found === rule.severity || compareSeverity(found, wanted) < 0 ? wanted : found;
}
