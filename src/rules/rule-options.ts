/** What rules are told beside the record. */
export interface RuleOptions {
  /** The handshake-close window, in milliseconds. */
  readonly windowMs: number;
  /** Packets carry their times; without them nothing that rests on a time can be said. */
  readonly hasTimes: boolean;
}
