/** What can be settled once for all runs: in a config file, or by options, which win. */
import type { RuleSettings } from '../../judgement/settings.ts';
import type { Format, Level, SETTINGS } from '../choices.ts';
import type { KeyFile } from '../keys/key-files.ts';

export interface Config {
  readonly windowMs?: number;
  readonly ports?: readonly number[];
  readonly failOn?: Level;
  readonly format?: Format;
  readonly rules?: RuleSettings;
  /** Key logs as the file names them, relative to it. */
  readonly keylogs?: readonly string[];
}

/** `--rule id=severity`. */
export interface RuleFlag {
  readonly id: string;
  readonly severity: (typeof SETTINGS)[number];
}

/** The same settings as given on the command line; undefined where they were not. */
export interface SettingFlags {
  readonly format: Format | undefined;
  readonly failOn: Level | undefined;
  readonly windowMs: number | undefined;
  readonly ports: readonly number[] | undefined;
  readonly rules: readonly RuleFlag[] | undefined;
}

/** The config of a run, and what depends on where its file is. */
export interface LoadedConfig extends Config {
  readonly keyFiles: readonly KeyFile[];
}
