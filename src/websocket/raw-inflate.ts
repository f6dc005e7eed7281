/**
 * zlib's raw inflate (RFC 1951) as a synchronous stream that keeps its context between calls. HOT: a call a message.
 *
 * Node's public interface for this costs ten times as much a message, for it has no synchronous stream. The handle
 * behind `createInflateRaw` does; it has been the same since Node 12. Its class is taken from one such stream: the
 * streams themselves take longer to make than a short connection's messages take to inflate, and keep more in memory
 * that every message would have to touch.
 */
import type { constants } from 'node:zlib';

interface ZlibHandle {
  init(
    windowBits: number,
    level: number,
    memLevel: number,
    strategy: number,
    left: Uint32Array,
    done: () => void,
    dictionary: Uint8Array | undefined,
  ): void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputStart: number,
    inputLength: number,
    output: Uint8Array,
    outputStart: number,
    outputLength: number,
  ): void;
  onerror: (message: string, errno: number, code: string) => void;
  reset(): void;
  close(): void;
}

type ZlibHandleClass = new (mode: number) => ZlibHandle;

interface Zlib {
  readonly Handle: ZlibHandleClass;
  readonly constants: typeof constants;
}

/** What the last call of any stream left: room in the output, bytes of the input. */
const left = new Uint32Array(2);

let zlib: Zlib | null = null;
/** Output as it comes; the number is that of zlib.h. */
const Z_SYNC_FLUSH = 2;

export class RawInflate {
  /** With a dictionary a reset brings back that, not an empty window. */
  readonly hasDictionary: boolean;
  readonly #handle: ZlibHandle;
  /** What zlib says is wrong; null while nothing is. */
  error: string | null = null;

  /** @param dictionary what came before, as much of it as fills the window; undefined: nothing */
  constructor(windowBits: number, dictionary?: Uint8Array) {
    this.hasDictionary = dictionary !== undefined;
    zlib ??= loadZlib();
    const { INFLATERAW, Z_DEFAULT_LEVEL, Z_DEFAULT_MEMLEVEL, Z_DEFAULT_STRATEGY } = zlib.constants;
    this.#handle = new zlib.Handle(INFLATERAW);
    this.#handle.init(
      windowBits,
      Z_DEFAULT_LEVEL,
      Z_DEFAULT_MEMLEVEL,
      Z_DEFAULT_STRATEGY,
      left,
      nothing,
      dictionary,
    );
    this.#handle.onerror = (message) => {
      this.error = message;
    };
  }

  /** One call of zlib, into `output` from its beginning. {@link room} and {@link unread} say how far it came. */
  run(bytes: Uint8Array, start: number, end: number, output: Uint8Array): void {
    this.#handle.writeSync(Z_SYNC_FLUSH, bytes, start, end - start, output, 0, output.length);
  }

  reset(): void {
    this.#handle.reset();
    this.error = null;
  }

  /** Gives back what zlib holds. */
  close(): void {
    this.#handle.close();
  }
}

/** Room that the last call, of whatever stream, left in its output. */
export function room(): number {
  return left[0]!;
}

/** Bytes that the last call, of whatever stream, left of its input. */
export function unread(): number {
  return left[1]!;
}

/** Loaded by the first direction that is compressed, not with the program: most captures do without, and start sooner. */
function loadZlib(): Zlib {
  const { constants, createInflateRaw } = process.getBuiltinModule('node:zlib');
  const { _handle: handle } = createInflateRaw() as unknown as { readonly _handle: ZlibHandle };
  handle.close();
  return { Handle: handle.constructor as ZlibHandleClass, constants };
}

/** `init` wants it for calls that are not synchronous. */
function nothing(): void {
  // There are none.
}
