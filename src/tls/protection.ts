/** What makes the contents of protected records readable, once a handshake has agreed on keys. */

/** Opens the records that one side protects with one set of keys. */
export interface RecordOpener {
  /**
   * The contents of the record with this number, if its tag or MAC is right; otherwise null. The view is valid until the next
   * call. In TLS 1.3, the type of the contents and padding still stand behind them.
   */
  open(
    sequence: number,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Uint8Array | null;
  /** A record was passed over that this did not open; TLS 1.0's next record depends on it. */
  skip?(bytes: Uint8Array, start: number, end: number): void;
  /** How many bytes a record has beside its contents and its header; null where padding makes that differ. */
  readonly overhead: number | null;
  /** The smallest record, its header included. */
  readonly smallestRecord: number;
  /** TLS 1.3: what opens the records behind a KeyUpdate; null before TLS 1.3. */
  next(): RecordOpener | null;
}

/** What opens the records of both sides, by the keys that are there. */
export interface SessionOpeners {
  /** TLS 1.3: the records of the handshake; before TLS 1.3: all records behind ChangeCipherSpec. */
  readonly handshake: OpenersBySide;
  /** TLS 1.3: the records behind Finished. */
  readonly application: OpenersBySide;
  /** TLS 1.3: of the client, before the handshake is over. */
  readonly early: RecordOpener | null;
}

export interface OpenersBySide {
  readonly client: RecordOpener | null;
  readonly server: RecordOpener | null;
}
