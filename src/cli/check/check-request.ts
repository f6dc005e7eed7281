/** What `wscap check` and `wscap merge-reports` are asked for, independent of yargs. */
import type { Shard } from '../../check/shard.ts';
import type { ReportOptions } from '../../report/model.ts';
import type { SettingFlags } from '../config/config.ts';

export const REPORTERS = ['default', 'junit', 'github', 'json', 'blob'] as const;
export type Reporter = (typeof REPORTERS)[number];

/** The folder of the shards' blobs where no other one is named. */
export const BLOB_FOLDER = '.wscap-reports';

export interface ReportRequest {
  /** In the order given. */
  readonly reporters: readonly Reporter[];
  /** Files; undefined: standard output. */
  readonly outputs: readonly (string | undefined)[];
  readonly color: boolean | undefined;
  readonly ascii: boolean | undefined;
}

export interface CheckRequest extends ReportRequest {
  readonly paths: readonly string[];
  readonly update: boolean;
  /** Undefined: as many as there are cores. */
  readonly workers: number | undefined;
  readonly shard: Shard | undefined;
  readonly passWithNoCaptures: boolean;
  readonly reader: ReportOptions['reader'];
  /** Key logs; undefined: none was named. */
  readonly keylogs?: readonly string[] | undefined;
  readonly config: string | null | undefined;
  readonly flags: SettingFlags;
}

export interface MergeRequest extends ReportRequest {
  readonly folder: string;
}
