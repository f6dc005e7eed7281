/** What `wscap analyze` is asked for, independent of yargs. */
import type { ReportOptions } from '../report/model.ts';
import type { REQUIRABLE } from './choices.ts';
import type { Choice } from '../report/choice.ts';
import type { SettingFlags } from './config/config.ts';

export interface AnalyzeRequest {
  /** As given: paths, patterns that the shell didn't expand, "-". */
  captures: readonly string[];
  /** Files; undefined: standard output. At least one. */
  outputs: readonly (string | undefined)[];
  reader: ReportOptions['reader'];
  all: boolean;
  /** Which connections to report. */
  choice: Choice;
  /** "websocket": it is a failure where none opened. */
  require: (typeof REQUIRABLE)[number] | undefined;
  /** Clock times in the time zone of this computer. */
  localTime: boolean;
  /** Undefined: as the terminal and the environment say. */
  color: boolean | undefined;
  ascii: boolean | undefined;
  /** Key logs; undefined: none was named. */
  keylogs?: readonly string[] | undefined;
  /** The file to read; undefined: the one that is found; null: none. */
  config: string | null | undefined;
  /** Undefined: as the format has it. */
  redact: boolean | undefined;
  /** Makes marks the same in several reports; undefined: they are numbered. */
  redactKey: string | undefined;
  anonymizeAddresses: boolean;
  /** Characters of a Markdown report; undefined: as many as a comment on GitHub holds. */
  maxLength: number | undefined;
  /** What may also stand in the config file. */
  flags: SettingFlags;
}
