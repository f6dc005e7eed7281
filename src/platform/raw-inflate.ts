/**
 * The interface of what inflates raw deflate data (RFC 1951), as a synchronous stream that keeps its context
 * between calls: zlib's own handle, and pako. HOT: one call for each message.
 */

export interface RawInflate {
  /** With a dictionary, a reset brings back the dictionary, not an empty window. */
  readonly hasDictionary: boolean;
  /** zlib's error message; null while there is none. */
  readonly error: string | null;
  /** One call of zlib, into `output` from its beginning. {@link room} and {@link unread} say how far it came. */
  run(bytes: Uint8Array, start: number, end: number, output: Uint8Array<ArrayBuffer>): void;
  reset(): void;
  /** Gives back the memory that it holds. */
  close(): void;
}

/**
 * @param windowBits 8 to 15
 * @param dictionary the output before this stream, as much as fills the window; undefined: nothing
 */
export type OpenRawInflate = (windowBits: number, dictionary?: Uint8Array) => RawInflate;

/**
 * What the last call of any stream left: room in the output, bytes of the input. Streams write it; it is read
 * here.
 */
export const left: Uint32Array = new Uint32Array(2);

/** Room that the last call, of whatever stream, left in its output. */
export function room(): number {
  return left[0]!;
}

/** Bytes that the last call, of whatever stream, left of its input. */
export function unread(): number {
  return left[1]!;
}
