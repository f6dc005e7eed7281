/** The bytes of a capture on their way to a reader, wherever they come from. */

export interface FileChunk {
  /** Valid until the next one is asked for. */
  readonly bytes: Uint8Array;
  /** Size of the file, where it has one. */
  readonly totalBytes: number | undefined;
}

/** A capture that lies in no file, or whose bytes somebody else hands on. */
export interface CaptureBytes {
  /** What reports and errors call it. */
  readonly name: string;
  /** The file in which it lies all the same, for its SHA-256. */
  readonly file?: string;
  /** Called once. */
  chunks(): AsyncIterable<FileChunk>;
}
