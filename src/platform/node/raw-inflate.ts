/**
 * Raw inflate by the zlib of Node. HOT: one call for each message.
 *
 * Node's public interface costs ten times as much for each message, because it has no synchronous stream. The
 * handle behind `createInflateRaw` is one; it has been the same since Node 12. The handle's class is taken
 * from one such stream. The streams themselves take longer to make than a short connection's messages take to
 * inflate, and keep more in memory that every message would have to touch. The handle is private to Node and
 * may change: where Node itself calls it with other parameters, or it doesn't do what is expected of it, pako
 * inflates.
 */
import type { constants, ZlibOptions } from 'node:zlib';
import { inflateWith, type Pako } from '../pako-inflate.ts';
import { left, room, unread, type OpenRawInflate, type RawInflate } from '../raw-inflate.ts';

interface ZlibHandle {
  init: (
    windowBits: number,
    level: number,
    memLevel: number,
    strategy: number,
    left: Uint32Array,
    done: () => void,
    dictionary: Uint8Array | undefined,
  ) => void;
  writeSync: (
    flush: number,
    input: Uint8Array,
    inputStart: number,
    inputLength: number,
    output: Uint8Array,
    outputStart: number,
    outputLength: number,
  ) => void;
  onerror: (message: string, errno: number, code: string) => void;
  reset(): void;
  close(): void;
}

interface ZlibHandleClass {
  new (mode: number): ZlibHandle;
  readonly prototype: ZlibHandle;
}

/** The private part of the stream that `createInflateRaw` gives. */
interface InflateStream {
  readonly _handle: ZlibHandle;
  /** As `inflateRawSync` does it. */
  _processChunk(bytes: Uint8Array, flush: number): Uint8Array;
  close(): void;
}

interface Zlib {
  readonly Handle: ZlibHandleClass;
  readonly constants: typeof constants;
  readonly open: (options: ZlibOptions) => InflateStream;
}

let zlib: Zlib | null = null;
/** Gives output as soon as there is some; the number is that of zlib.h. */
const Z_SYNC_FLUSH = 2;

let open: OpenRawInflate | null = null;

export function openRawInflate(windowBits: number, dictionary?: Uint8Array): RawInflate {
  open ??= hasHandle() ? openHandle : inflateWith(loadPako());
  return open(windowBits, dictionary);
}

/** Does not check whether the handle of this Node works. */
export function openHandle(windowBits: number, dictionary?: Uint8Array): RawInflate {
  return new HandleInflate(windowBits, dictionary);
}

class HandleInflate implements RawInflate {
  readonly hasDictionary: boolean;
  readonly #handle: ZlibHandle;
  error: string | null = null;

  constructor(windowBits: number, dictionary: Uint8Array | undefined) {
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

  run(bytes: Uint8Array, start: number, end: number, output: Uint8Array<ArrayBuffer>): void {
    this.#handle.writeSync(Z_SYNC_FLUSH, bytes, start, end - start, output, 0, output.length);
  }

  reset(): void {
    this.#handle.reset();
    this.error = null;
  }

  close(): void {
    this.#handle.close();
  }
}

/**
 * Loaded by the first compressed direction, not with the program: most captures don't need it, and start
 * sooner.
 */
function loadZlib(): Zlib {
  const { constants, createInflateRaw } = process.getBuiltinModule('node:zlib');
  const open = createInflateRaw as unknown as Zlib['open'];
  const { _handle: handle } = open({});
  handle.close();
  return { Handle: handle.constructor as ZlibHandleClass, constants, open };
}

/**
 * Loaded only where it is needed: loading takes 2 ms, which would be spent at each start if it were bundled.
 */
function loadPako(): Pako {
  return process.getBuiltinModule('node:module').createRequire(import.meta.url)('pako') as Pako;
}

/** `init` needs a callback, for calls that are not synchronous. */
function nothing(): void {
  // There are no such calls.
}

/** "Hello", and once more by reference to the first (RFC 7692 §7.2.3.2), each with what senders leave out at the end. */
const HELLO = Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00, 0x00, 0xff, 0xff);
const AGAIN = Uint8Array.of(0xf2, 0x00, 0x11, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff);
const TEXT = Uint8Array.of(0x48, 0x65, 0x6c, 0x6c, 0x6f);

/** Whether the handle of this Node keeps a context, forgets it by a reset, takes a dictionary and tells of errors. */
function hasHandle(): boolean {
  try {
    // First: with other parameters the handle doesn't throw but ends the process.
    if (!isCalledAsHere()) return false;
    const stream = openHandle(15);
    const withDictionary = openHandle(15, TEXT);
    const isRight =
      givesText(stream, HELLO) &&
      givesText(stream, AGAIN) &&
      isReset(stream) &&
      fails(stream, AGAIN) &&
      isReset(stream) &&
      givesText(stream, HELLO) &&
      givesText(withDictionary, AGAIN);
    stream.close();
    withDictionary.close();
    return isRight;
  } catch {
    return false;
  }
}

/** Whether Node calls the handle with the parameters with which it is called here. */
function isCalledAsHere(): boolean {
  zlib ??= loadZlib();
  const { prototype } = zlib.Handle;
  const { init } = prototype;
  let kindsOfInit = '';
  let kindsOfWrite = '';
  prototype.init = function (this: ZlibHandle, ...parameters): void {
    kindsOfInit = kindsOf(parameters);
    init.apply(this, parameters);
  };
  let stream: InflateStream;
  try {
    stream = zlib.open({ dictionary: TEXT });
  } finally {
    prototype.init = init;
  }
  const handle = stream._handle;
  // Only on this handle: a change of the prototype would make the calls of all handles slower from then on.
  handle.writeSync = function (this: ZlibHandle, ...parameters): void {
    kindsOfWrite = kindsOf(parameters);
    prototype.writeSync.apply(this, parameters);
  };
  stream._processChunk(AGAIN, Z_SYNC_FLUSH);
  stream.close();
  return (
    kindsOfInit === 'number number number number Uint32Array function bytes' &&
    kindsOfWrite === 'number bytes number number bytes number number'
  );
}

function kindsOf(parameters: readonly unknown[]): string {
  return parameters
    .map((each) => {
      if (each instanceof Uint32Array) return 'Uint32Array';
      return each instanceof Uint8Array ? 'bytes' : typeof each;
    })
    .join(' ');
}

function givesText(stream: RawInflate, compressed: Uint8Array): boolean {
  const output = new Uint8Array(2 * TEXT.length);
  stream.run(compressed, 0, compressed.length, output);
  const isComplete = stream.error === null && unread() === 0 && room() === output.length - TEXT.length;
  return isComplete && TEXT.every((byte, i) => output[i] === byte);
}

function fails(stream: RawInflate, compressed: Uint8Array): boolean {
  stream.run(compressed, 0, compressed.length, new Uint8Array(TEXT.length));
  return typeof stream.error === 'string';
}

function isReset(stream: RawInflate): boolean {
  stream.reset();
  return stream.error === null;
}
