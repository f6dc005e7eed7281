/** Puts together what the options, the config file and the defaults say, in this order. */
import { ALL_RULES } from '../../rules/index.ts';
import { DEFAULT_WINDOW_MS, type RuleSetting, type RuleSettings } from '../../judgement/settings.ts';
import type { Format, Level } from '../choices.ts';
import { nearestRule } from '../nearest-rule.ts';
import { UsageError } from '../usage-error.ts';
import type { Config, RuleFlag, SettingFlags } from './config.ts';

export interface Settings {
  readonly format: Format;
  readonly failOn: Level;
  readonly windowMs: number;
  readonly ports: readonly number[];
  readonly rules: RuleSettings;
}

export function mergeSettings(flags: SettingFlags, config: Config): Settings {
  // The report repeats ports and rules: the same settings in another order must give the same report.
  const ports = new Set(flags.ports ?? config.ports);
  return {
    format: flags.format ?? config.format ?? 'table',
    failOn: flags.failOn ?? config.failOn ?? 'never',
    windowMs: flags.windowMs ?? config.windowMs ?? DEFAULT_WINDOW_MS,
    ports: [...ports].sort((a, b) => a - b),
    rules: mergeRules(flags.rules ?? [], config.rules ?? {}),
  };
}

/** `--rule` sets the severity; options that the file sets for the same rule stay. */
function mergeRules(flags: readonly RuleFlag[], config: RuleSettings): RuleSettings {
  const wrong = flags.find(({ id }) => !ALL_RULES.some((rule) => rule.id === id))?.id;
  if (wrong !== undefined) throw unknownRule(wrong);
  const merged: [string, RuleSetting][] = [];
  for (const { id, options } of ALL_RULES) {
    const setting = config[id] ?? {};
    const severity = flags.findLast((flag) => flag.id === id)?.severity ?? setting.severity;
    const values = Object.keys(options).flatMap((name): [string, number][] => {
      const value = setting.options?.[name];
      return value === undefined ? [] : [[name, value]];
    });
    if (severity === undefined && values.length === 0) continue;
    merged.push([
      id,
      {
        ...(severity === undefined ? {} : { severity }),
        ...(values.length === 0 ? {} : { options: Object.fromEntries(values) }),
      },
    ]);
  }
  return Object.fromEntries(merged);
}

function unknownRule(name: string): UsageError {
  const near = nearestRule(name);
  const hint = near === undefined ? '' : `, did you mean "${near}"?`;
  return new UsageError(`--rule ${name}: there is no such rule${hint}`, '', 'wscap explain');
}
