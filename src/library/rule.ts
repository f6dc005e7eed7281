/**
 * Rules of the user's own: pure functions of a connection's report. They add findings to those of wscap, and change
 * nothing else: verdicts and the rules over the whole capture rest on wscap's own.
 */
import { RuleFailure } from '../judgement/rule-failure.ts';
import type { AnomalyReport, ConnectionReport, Severity } from '../report/model.ts';

export interface Rule {
  /** Lower-case words joined by dashes; no rule of wscap may have it. */
  readonly id: string;
  /** Of its findings, where they don't say. Default "warning". */
  readonly severity?: Severity;
  /** Where to read more: shown where wscap's rules name a command. Default "own rule <id>". */
  readonly explain?: string;
  /** Called once for each connection of the report, when it is over. */
  readonly check: (connection: ConnectionReport) => RuleFinding | readonly RuleFinding[] | null | undefined;
}

export interface RuleFinding {
  /** One or two sentences: who did what, when. May hold wire text: every format escapes it. */
  readonly message: string;
  /** What to look at next. Default: nothing. */
  readonly advice?: string;
  /** Which of the rule's messages it is. Default "found". */
  readonly kind?: string;
  readonly severity?: Severity;
  /** The packets that prove it. Default: the first of the connection. */
  readonly packets?: readonly number[];
  /** When it happened (RFC 3339). Default: the time of the first of its packets, as far as the timeline has it. */
  readonly at?: string;
  readonly evidence?: AnomalyReport['evidence'];
}

/** A rule of the user's own threw; `cause` is what it threw. */
export class RuleError extends RuleFailure {
  override readonly name = 'RuleError';
  /** Its number: a rule of one's own sees one connection at a time. */
  override readonly connection: number;

  constructor(rule: string, connection: number, cause: unknown) {
    super(rule, connection, cause);
    this.connection = connection;
  }
}
