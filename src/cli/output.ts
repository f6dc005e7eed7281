/**
 * Where the report goes. A file is written beside its place and renamed when it is complete, so that nobody reads
 * half a report and a failure leaves what was there. A device or pipe (-o /dev/stdout) is written to directly.
 */
import { once } from 'node:events';
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { createBatchWriter, createStdoutWriter } from './batch-writer.ts';
import { UsageError } from './usage-error.ts';

export interface Outputs {
  /** @param index of the path */
  write(index: number, chunks: Iterable<string>): Promise<void>;
  /** Instead of `write`: for what is written little by little while the capture is read. */
  stream(index: number): OutputStream;
  /** Leaves no trace of those that were not written. */
  discard(): void;
}

interface Output {
  write(chunks: Iterable<string>): Promise<void>;
  stream(): OutputStream;
  /** Leaves no trace of an output that was not written. */
  discard(): void;
}

export interface OutputStream {
  write(text: string): void;
  /** All is written. */
  close(): void;
}

/** All of them are opened before anything is read: what can't be written is not found out after an hour. */
export function createOutputs(
  paths: readonly (string | undefined)[],
  captures: readonly string[],
  command = 'analyze',
): Outputs {
  const outputs: Output[] = [];
  const discard = (): void => {
    for (const output of outputs) output.discard();
  };
  try {
    for (const path of paths) outputs.push(createOutput(path, captures, command));
  } catch (error) {
    discard();
    throw error;
  }
  return {
    write: (index, chunks) => outputs[index]!.write(chunks),
    stream: (index) => outputs[index]!.stream(),
    discard,
  };
}

function createOutput(path: string | undefined, captures: readonly string[], command: string): Output {
  if (path === undefined) {
    return { write: writeToStdout, stream: streamToStdout, discard: () => undefined };
  }
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing?.isDirectory() === true) throw new UsageError(`--output ${path} is a directory`, command);
  if (captures.some((capture) => capture !== '-' && isSameFile(capture, path))) {
    throw new UsageError(`--output ${path} is the capture itself`, command);
  }
  if (existing !== undefined && !existing.isFile()) {
    const descriptor = openSync(path, 'w');
    return {
      write: (chunks) => writeAndClose(descriptor, chunks, path),
      stream: () => streamTo(descriptor, path),
      discard: () => undefined,
    };
  }
  // Renaming onto a link would replace the link.
  const target = existing === undefined ? path : realpathSync(path);
  return beside(target, existing?.mode, command);
}

async function writeToStdout(chunks: Iterable<string>): Promise<void> {
  for (const chunk of chunks) {
    // run.ts ends the program when standard output fails.
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  }
}

function streamToStdout(): OutputStream {
  const { write, flush } = createStdoutWriter();
  return { write, close: flush };
}

function streamTo(descriptor: number, path: string): OutputStream {
  let failure: { readonly error: unknown } | null = null;
  const { write, flush } = createBatchWriter(descriptor, (error) => {
    failure ??= { error: naming(path, error) };
  });
  const check = (): void => {
    if (failure !== null) throw failure.error;
  };
  return {
    write(text) {
      check();
      write(text);
    },
    close() {
      flush();
      closeSync(descriptor);
      check();
    },
  };
}

function beside(target: string, mode: number | undefined, command: string): Output {
  const temporary = `${target}.${process.pid}.tmp`;
  const descriptor = openNew(temporary, target, mode, command);
  return {
    async write(chunks) {
      await writeAndClose(descriptor, chunks, target);
      renameSync(temporary, target);
    },
    stream() {
      const stream = streamTo(descriptor, target);
      return {
        ...stream,
        close() {
          stream.close();
          renameSync(temporary, target);
        },
      };
    },
    discard() {
      rmSync(temporary, { force: true });
    },
  };
}

function openNew(temporary: string, target: string, mode: number | undefined, command: string): number {
  try {
    return openSync(temporary, 'wx', mode ?? 0o666);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new UsageError(`--output ${target}: the directory does not exist`, command);
    }
    throw naming(target, error);
  }
}

/** The error names the file that the user asked for: not ours beside it, and not none, as those of writing. */
function naming(path: string, error: unknown): unknown {
  return error instanceof Error && 'code' in error ? Object.assign(error, { path }) : error;
}

function writeAndClose(descriptor: number, chunks: Iterable<string>, path: string): Promise<void> {
  try {
    for (const chunk of chunks) writeSync(descriptor, chunk);
  } catch (error) {
    throw naming(path, error);
  } finally {
    closeSync(descriptor);
  }
  return Promise.resolve();
}

function isSameFile(a: string, b: string): boolean {
  const statOfA = statSync(a, { throwIfNoEntry: false });
  const statOfB = statSync(b, { throwIfNoEntry: false });
  return statOfA !== undefined && statOfA.ino === statOfB?.ino && statOfA.dev === statOfB.dev;
}
