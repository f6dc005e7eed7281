/** What `wscap follow` is asked for, independent of yargs. */
import type { ReportOptions, Role } from '../../report/model.ts';

export const FOLLOW_FORMATS = ['text', 'json', 'ndjson'] as const;
export const ROLES: readonly Role[] = ['client', 'server'];
export const TIMES = ['relative', 'absolute'] as const;

export interface FollowRequest {
  /** As given: paths, patterns that the shell didn't expand, "-". */
  readonly captures: readonly string[];
  /** Undefined: the only one that there is. */
  readonly connection: number | undefined;
  /** Undefined: both sides. */
  readonly from: Role | undefined;
  /** Infinity: no limit. */
  readonly limit: number;
  readonly time: (typeof TIMES)[number];
  readonly format: (typeof FOLLOW_FORMATS)[number];
  readonly pretty: boolean;
  readonly hex: boolean;
  /** Undefined: as the format needs. */
  readonly maxBytes: number | undefined;
  /** Undefined: those of the config file. */
  readonly ports: readonly number[] | undefined;
  /** Key logs; undefined: none was named. */
  readonly keylogs?: readonly string[] | undefined;
  /** The file to read; undefined: the one that is found; null: none. */
  readonly config?: string | null | undefined;
  readonly reader: ReportOptions['reader'];
  /** Undefined: as the terminal and the environment say. */
  readonly color: boolean | undefined;
  readonly ascii: boolean | undefined;
}
