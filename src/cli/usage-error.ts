/** The user asked for something that wscap can't do: one line that says what to do instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The command whose help explains more, after "wscap". */
  readonly command: string;

  constructor(message: string, command = '') {
    super(message);
    this.command = command;
  }
}
