/** The bytes of a capture on their way to a reader, wherever they come from. */

export interface FileChunk {
  /** Valid until the next chunk is asked for. */
  readonly bytes: Uint8Array;
  /** Size of the file, where it has one. */
  readonly totalBytes: number | undefined;
}

/** A capture that is not a file, or whose bytes the caller reads itself. */
export interface CaptureBytes {
  /** What reports and errors call it. */
  readonly name: string;
  /** If the bytes come from a file after all: its path, for the SHA-256, and to read it once more. */
  readonly file?: string;
  /** All of the bytes, where they are in memory. */
  readonly whole?: Uint8Array;
  /** Called once. */
  chunks(): AsyncIterable<FileChunk>;
}

/** The path of a file (`-` is standard input), or the bytes of one. */
export type CaptureInput = string | CaptureBytes;

/** What reports and errors call it. */
export function nameOf(input: CaptureInput): string {
  return typeof input === 'string' ? input : input.name;
}
