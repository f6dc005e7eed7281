/**
 * What inflates raw deflate data (RFC 1951) as a synchronous stream that keeps its context between calls: the same for
 * zlib's own handle and for pako. HOT: a call a message.
 */

export interface RawInflate {
  /** With a dictionary a reset brings back that, not an empty window. */
  readonly hasDictionary: boolean;
  /** What zlib says is wrong, in its own words; null while nothing is. */
  readonly error: string | null;
  /** One call of zlib, into `output` from its beginning. {@link room} and {@link unread} say how far it came. */
  run(bytes: Uint8Array, start: number, end: number, output: Uint8Array<ArrayBuffer>): void;
  reset(): void;
  /** Gives back what it holds. */
  close(): void;
}

/**
 * @param windowBits 8 to 15
 * @param dictionary what came before, as much of it as fills the window; undefined: nothing
 */
export type OpenRawInflate = (windowBits: number, dictionary?: Uint8Array) => RawInflate;

/** What the last call of any stream left: room in the output, bytes of the input. Streams write it, here it is read. */
export const left: Uint32Array = new Uint32Array(2);

/** Room that the last call, of whatever stream, left in its output. */
export function room(): number {
  return left[0]!;
}

/** Bytes that the last call, of whatever stream, left of its input. */
export function unread(): number {
  return left[1]!;
}
