/** What the sizes and times of TLS records show, without keys, once the handshake is over. */

/** The application records of one side. */
export interface SideLook {
  readonly records: number;
  /** Bytes of their contents, as their headers have them. */
  readonly bytes: number;
}

export interface RecordLook {
  readonly client: SideLook;
  readonly server: SideLook;
}
