/**
 * Where the report goes. A file is written beside its place and renamed when it is complete, so that nobody reads
 * half a report and a failure leaves what was there. A device or pipe (-o /dev/stdout) is written to
 * directly. So is a file in a directory where no other file may be made: it stays as it was until its report
 * is ready, but is lost if the disk fills up then.
 */
import { once } from 'node:events';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
} from 'node:fs';
import { createBatchWriter, createStdoutWriter } from './batch-writer.ts';
import { UsageError } from './usage-error.ts';
import { writeFully } from './write-fully.ts';

const NEW_MODE = 0o666;
const ALL_MODES = 0o777;
const MAX_ATTEMPTS = 100;
/** The directory is not ours to change, or is on a medium that is read only (and the file another one, mounted there). */
const NOT_ALLOWED: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS']);

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

/**
 * Opens all outputs before anything is read: an output that can't be written is reported now, not after an
 * hour.
 */
export function createOutputs(
  paths: readonly (string | undefined)[],
  captures: readonly string[],
  command = 'analyze',
): Outputs {
  const outputs: Output[] = [];
  const discard = (): void => {
    for (const output of outputs) output.discard();
  };
  // Whatever ends the program: a reader of standard output that goes, for one.
  process.once('exit', discard);
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
  return beside(target, existing, command);
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

function beside(target: string, existing: Stats | undefined, command: string): Output {
  const opened = openNew(target, existing !== undefined, command);
  if (opened === null) return inPlace(target);
  const { temporary, descriptor } = opened;
  resemble(descriptor, existing);
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

/** Emptied only when there is something to write. */
function inPlace(target: string): Output {
  let descriptor: number;
  try {
    descriptor = openSync(target, 'r+');
  } catch (error) {
    throw naming(target, error);
  }
  const emptied = (): number => {
    ftruncateSync(descriptor);
    return descriptor;
  };
  return {
    write: (chunks) => writeAndClose(emptied(), chunks, target),
    stream: () => streamTo(emptied(), target),
    discard: () => undefined,
  };
}

/**
 * Opens a file with a free name beside the target: what a killed run has left is not written to, nor is it in
 * the way. Null where the target exists and nothing may be made beside it.
 */
function openNew(
  target: string,
  exists: boolean,
  command: string,
): { temporary: string; descriptor: number } | null {
  for (let attempt = 0; ; attempt++) {
    const temporary = `${target}.${process.pid}${attempt === 0 ? '' : `-${attempt}`}.tmp`;
    try {
      return { temporary, descriptor: openSync(temporary, 'wx', NEW_MODE) };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EEXIST' && attempt < MAX_ATTEMPTS) continue;
      if (code === 'ENOENT') {
        throw new UsageError(`--output ${target}: the directory does not exist`, command);
      }
      if (exists && NOT_ALLOWED.has(code)) return null;
      throw naming(target, error);
    }
  }
}

/** Gives the file the permissions of the one that it replaces, and its owner where we may set that. */
function resemble(descriptor: number, existing: Stats | undefined): void {
  if (existing === undefined) return;
  try {
    if (existing.uid !== process.getuid?.() || existing.gid !== process.getgid?.()) {
      fchownSync(descriptor, existing.uid, existing.gid);
    }
  } catch {
    // Then the file is ours.
  }
  // After the owner is set, which takes some permissions away.
  fchmodSync(descriptor, existing.mode & ALL_MODES);
}

/**
 * The error names the file that the user asked for: not ours beside it, and not none, as those of writing.
 */
function naming(path: string, error: unknown): unknown {
  return error instanceof Error && 'code' in error ? Object.assign(error, { path }) : error;
}

function writeAndClose(descriptor: number, chunks: Iterable<string>, path: string): Promise<void> {
  try {
    for (const chunk of chunks) writeFully(descriptor, Buffer.from(chunk));
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
