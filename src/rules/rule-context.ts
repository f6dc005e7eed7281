/** What rules are told beside the record. */
export interface RuleContext {
  /** The handshake-close window, in milliseconds. */
  readonly windowMs: number;
  /** Packets carry their times; without them nothing that rests on a time can be said. */
  readonly hasTimes: boolean;
  /** Server ports on which this capture shows an upgrade, and those that the user named. */
  readonly webSocketPorts: ReadonlySet<number>;
}
