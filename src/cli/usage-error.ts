/** The user asked for something that wscap can't do: one line that says what to do instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What to try instead: the help of the command, unless something else is nearer. */
  readonly instead: string;

  /** @param command whose help explains more; '' for the program's own */
  constructor(message: string, command = '', instead: string = `wscap ${command} --help`.replace('  ', ' ')) {
    super(message);
    this.instead = instead;
  }
}
