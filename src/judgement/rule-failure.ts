/** A rule threw: a defect of that rule. The error says which rule, and on which connection: "TypeError: …" alone would help nobody. */

export class RuleFailure extends Error {
  override readonly name: string = 'RuleFailure';
  /** The id of the rule. */
  readonly rule: string;
  /** The number of the connection; null for a rule that sees the whole capture at once. */
  readonly connection: number | null;

  /** @param cause what the rule threw */
  constructor(rule: string, connection: number | null, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const where = connection === null ? 'the capture as a whole' : `connection ${connection}`;
    super(`rule "${rule}" failed on ${where}: ${reason}`, { cause });
    this.rule = rule;
    this.connection = connection;
  }
}
