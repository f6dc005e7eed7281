/**
 * Turns bytes and streams of bytes into the chunks that the capture layer reads. Stops waiting for a stream when
 * aborted.
 */
import type { FileChunk } from '../capture/capture-bytes.ts';

/** The part of a web `ReadableStream` that is used. Declared here, so that users need no type library for it. */
export interface WebByteStream {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
    releaseLock(): void;
  };
}

const PIECE_LENGTH = 1024 * 1024;

/** In pieces, so that timers (and with them a signal's timeout) can run between two of them. */
export async function* bytesOf(bytes: Uint8Array | ArrayBuffer): AsyncGenerator<FileChunk, void, undefined> {
  const whole = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : plain(bytes);
  for (let at = 0; at < whole.length; at += PIECE_LENGTH) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    yield { bytes: whole.subarray(at, at + PIECE_LENGTH), totalBytes: whole.length };
  }
}

export async function* streamChunks(
  stream: AsyncIterable<Uint8Array> | WebByteStream,
  signal: AbortSignal | undefined,
): AsyncGenerator<FileChunk, void, undefined> {
  // Node's web streams can be iterated as well, but only a reader can be cancelled while it waits.
  const source = 'getReader' in stream ? webSource(stream) : iterableSource(stream);
  let isOver = false;
  try {
    for (;;) {
      const next = await untilAborted(source.next(), signal);
      if (next.done === true) {
        isOver = true;
        return;
      }
      yield { bytes: plain(next.value), totalBytes: undefined };
    }
  } finally {
    if (!isOver) await source.close(signal?.aborted === true);
  }
}

interface Destroyable {
  destroy(): void;
}

interface Source {
  next(): Promise<IteratorResult<unknown, unknown>>;
  /** @param isWaiting a read is pending, perhaps for a chunk that never comes */
  close(isWaiting: boolean): Promise<void>;
}

function iterableSource(stream: AsyncIterable<unknown>): Source {
  const iterator = stream[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    async close(isWaiting) {
      // A generator's return() waits for a pending next(), which may never settle; destroy() ends a Node stream at
      // once.
      (stream as Partial<Destroyable>).destroy?.();
      const returned = iterator.return?.();
      if (isWaiting) returned?.catch(ignore);
      else await returned;
    },
  };
}

function webSource(stream: WebByteStream): Source {
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return { done, value };
    },
    async close() {
      await reader.cancel().catch(ignore);
      reader.releaseLock();
    },
  };
}

/** Rejects with the signal's reason as soon as it is aborted, whatever the promise does. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      promise.catch(ignore);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the caller gave
      reject(signal.reason);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

/** A Uint8Array, never a Buffer, so that the hot loops see only one kind of object. */
function plain(chunk: unknown): Uint8Array {
  if (!(chunk instanceof Uint8Array)) {
    const kind =
      typeof chunk === 'string'
        ? 'text: read it without an encoding'
        : `values of another kind (${typeof chunk})`;
    throw new TypeError(`analyze: the stream must give bytes (Uint8Array), but gives ${kind}`);
  }
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
}

function ignore(): void {
  // Nothing to do.
}
