/** Checks the "rules" of a config file against the rules that there are, and the options that each has. */
import { ALL_RULES } from '../../rules/index.ts';
import type { RuleMeta, RuleOptionSpec } from '../../judgement/rule.ts';
import type { RuleSetting, RuleSettings } from '../../judgement/settings.ts';
import { SETTINGS } from '../choices.ts';
import { closestTo } from '../did-you-mean.ts';
import { nearestRule } from '../nearest-rule.ts';
import { describeValue, meant, type Place } from './place.ts';

const RULE_IDS: readonly string[] = ALL_RULES.map(({ id }) => id);
const SETTING_KEYS = ['severity', 'options'] as const;

export function checkRules(value: unknown, place: Place): RuleSettings {
  const entries = place.object(
    value,
    RULE_IDS,
    (id) => `no such rule${meant(nearestRule(id))} "wscap explain" lists them`,
  );
  return Object.fromEntries(
    entries.map(([id, setting]) => {
      const rule = ALL_RULES.find((known) => known.id === id)!;
      return [id, checkSetting(setting, rule, place.at(id))];
    }),
  );
}

function checkSetting(value: unknown, rule: RuleMeta, place: Place): RuleSetting {
  if (typeof value === 'string') return { severity: place.oneOf(value, SETTINGS) };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw place.error(
      `must be a severity, as in "off", or an object { "severity", "options" }, not ${describeValue(value)}`,
    );
  }
  const entries = place.object(
    value,
    SETTING_KEYS,
    (key) =>
      `unknown key${meant(closestTo(key, SETTING_KEYS))} A rule has severity and options (${optionNames(rule)})`,
  );
  let setting: RuleSetting = {};
  for (const [key, content] of entries) {
    const inner = place.at(key);
    setting =
      key === 'severity'
        ? { ...setting, severity: inner.oneOf(content, SETTINGS) }
        : { ...setting, options: checkOptions(content, rule, inner) };
  }
  return setting;
}

function checkOptions(value: unknown, rule: RuleMeta, place: Place): Record<string, number> {
  const names = Object.keys(rule.options);
  const entries = place.object(value, names, (name) =>
    names.length === 0
      ? `${rule.id} has no options`
      : `no such option${meant(closestTo(name, names))} ${rule.id} has ${optionNames(rule)}`,
  );
  return Object.fromEntries(
    entries.map(([name, content]) => {
      const spec = rule.options[name]!;
      return [
        name,
        place.at(name).number(content, { isWhole: isWhole(spec), example: String(spec.default) }),
      ];
    }),
  );
}

export function isWhole({ unit }: RuleOptionSpec): boolean {
  return unit === 'count';
}

/** "slowMs (1000), other (3)": with their defaults. */
function optionNames({ options }: RuleMeta): string {
  const names = Object.entries(options).map(([name, spec]) => `${name} (${spec.default})`);
  return names.length === 0 ? 'none' : names.join(', ');
}
