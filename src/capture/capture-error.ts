/**
 * The one error of the capture layer: input that can't be read at all (damage after the first packets is a
 * note, not an error). The command line prints it as one line and exits with 2.
 */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  /** The file as the user named it. */
  readonly path: string;
  /** What is wrong and what to do: a clause that follows the file's name. */
  readonly clause: string;
  /** Byte offset in the (uncompressed) file, where it matters. */
  readonly offset: number | undefined;

  /** The file holds nothing at all: other files of the same run can still be read. */
  readonly isEmptyFile: boolean;

  /** The message is "<path>: <clause>". */
  constructor(path: string, clause: string, offset?: number, isEmptyFile = false) {
    super(`${path === '-' ? 'standard input' : path}: ${clause}`);
    this.path = path;
    this.clause = clause;
    this.offset = offset;
    this.isEmptyFile = isEmptyFile;
  }
}
