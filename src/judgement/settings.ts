/** What users may set of rules: a severity, or off, and the values of options. */
import { compareSeverity, type Severity } from '../basics/severity.ts';
import type { OptionValues, RuleMeta, RuleOptionSpecs } from './rule.ts';

/** The handshake-close window unless the user sets another one: a server that closes within it never meant its 101. */
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

/** Of rules of which nothing is set, as nearly all: made once, not for each of a thousand captures. */
const defaultValues = new WeakMap<RuleMeta['options'], OptionValues>();

/** The values of a rule's options: the defaults, but for those that the user set. */
export function optionValues<Options extends RuleOptionSpecs>(
  { id, options }: RuleMeta<Options>,
  settings: RuleSettings,
): OptionValues<Options> {
  const given = settings[id]?.options;
  // The values have the names of the options, by how they are made.
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
 * The severity of a finding as the user wants it: a rule's gravest findings get the severity that was set, milder ones
 * stay as they are, or become as mild as that.
 */
export function severityOf(rule: RuleMeta, found: Severity, settings: RuleSettings): Severity {
  const wanted = settings[rule.id]?.severity;
  if (wanted === undefined || wanted === 'off') return found;
  return found === rule.severity || compareSeverity(found, wanted) < 0 ? wanted : found;
}
