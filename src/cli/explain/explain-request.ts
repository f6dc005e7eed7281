/** What `wscap explain` is asked for, independent of yargs. */

export const EXPLAIN_FORMATS = ['text', 'json'] as const;

export interface ExplainRequest {
  /** A rule, a close code, a status, a note or a verdict. Undefined: the list of all rules. */
  name: string | undefined;
  format: (typeof EXPLAIN_FORMATS)[number];
  /** Undefined: as the terminal and the environment say. */
  color: boolean | undefined;
  ascii: boolean | undefined;
}
