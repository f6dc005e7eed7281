/**
 * The one error of the capture layer: input that can't be read at all (damage after the first packets is a
 * note, not an error). The command line prints it as one line and exits with 2.
 */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  /** The file as the user named it. */
  readonly path: string;
  /** Byte offset in the (uncompressed) file, where it matters. */
  readonly offset: number | undefined;

  /** The file holds nothing at all: other files of the same run can still be read. */
  readonly isEmptyFile: boolean;

  /** @param message a clause that follows "<path>: " and says what is wrong and what to do */
  constructor(path: string, message: string, offset?: number, isEmptyFile = false) {
    super(message);
    this.path = path;
    this.offset = offset;
    this.isEmptyFile = isEmptyFile;
  }
}
