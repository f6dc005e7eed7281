/**
 * The user's own rules: pure functions of a connection's report. They add findings to those of wscap and change
 * nothing else: verdicts, and rules about the whole capture, depend on wscap's own findings only.
 */
import { RuleFailure } from '../judgement/rule-failure.ts';
import type { AnomalyReport, ConnectionReport, Severity } from '../report/model.ts';

export interface Rule {
  /** Lower-case words joined by dashes; must differ from the ids of wscap's rules. */
  readonly id: string;
  /** The severity of findings that don't name their own. Default "warning". */
  readonly severity?: Severity;
  /** Where to read more; for wscap's rules this is a command. Default "own rule <id>". */
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

/** One of the user's own rules threw an error; `cause` is what it threw. */
export class RuleError extends RuleFailure {
  override readonly name = 'RuleError';
  /** Its number: a rule of one's own sees one connection at a time. */
  override readonly connection: number;

  constructor(rule: string, connection: number, cause: unknown) {
    super(rule, connection, cause);
    this.connection = connection;
  }
}
