/** What `wscap diff` is asked for, independent of yargs. */
import type { PairStrategy } from '../../compare/model.ts';
import type { SettingFlags } from '../config/config.ts';

export const DIFF_FORMATS = ['table', 'json', 'markdown'] as const;
export type DiffFormat = (typeof DIFF_FORMATS)[number];

export const STRATEGIES: readonly PairStrategy[] = ['auto', 'host', 'path', 'order'];

export interface DiffRequest {
  /** As given: a path, a pattern that the shell didn't expand, "-". */
  good: string;
  bad: string;
  /** Files; undefined: standard output. At least one. */
  outputs: readonly (string | undefined)[];
  format: DiffFormat | undefined;
  by: PairStrategy;
  pairs: readonly (readonly [good: number, bad: number])[];
  ignore: readonly string[];
  all: boolean;
  /** Undefined: as the terminal and the environment say. */
  color: boolean | undefined;
  ascii: boolean | undefined;
  /** Key logs; undefined: none was named. */
  keylogs?: readonly string[] | undefined;
  /** The file to read; undefined: the one that is found; null: none. */
  config: string | null | undefined;
  /** Undefined: as the format has it. */
  redact: boolean | undefined;
  redactKey: string | undefined;
  anonymizeAddresses: boolean;
  maxLength: number | undefined;
  flags: SettingFlags;
}
