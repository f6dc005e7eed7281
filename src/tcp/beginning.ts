/**
 * How a connection began, and which other connection began alike. TwinLog holds these and not the connections, because a
 * connection that has ended gives back its parsers.
 */
export interface Beginning {
  readonly id: number;
  /** The capture's time of its first packet, whole seconds. */
  readonly seconds: number;
  /** The sequence number of the SYN, and of the SYN/ACK. */
  readonly ofSyn: number;
  readonly ofAnswer: number;
  /** The id of the other connection; null where there is none. */
  twin: number | null;
}
