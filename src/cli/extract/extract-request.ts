/** What `wscap extract` is asked for, independent of yargs. */
import type { SettingFlags } from '../config/config.ts';

export interface ExtractRequest {
  /** As given: paths, patterns that the shell didn't expand, "-". */
  readonly captures: readonly string[];
  /** Undefined: not given. */
  readonly output: string | undefined;
  readonly connections: readonly number[];
  readonly anomalies: boolean;
  readonly rules: readonly string[];
  readonly anonymize: boolean;
  /** Write what is inside TLS; default: false. */
  readonly decrypted?: boolean;
  /** Write the TLS secrets too; default: false. */
  readonly keepSecrets?: boolean;
  readonly redactKey: string | undefined;
  /** Key logs; undefined: none was named. */
  readonly keylogs?: readonly string[] | undefined;
  /** The file to read; undefined: the one that is found; null: none. */
  readonly config: string | null | undefined;
  readonly flags: SettingFlags;
}
