/**
 * Where the report goes. A file is written beside its place and renamed when it is complete, so that nobody reads
 * half a report and a failure leaves what was there. A device or pipe (-o /dev/stdout) is written to
 * directly. So is a file in a directory where no other file may be made: it stays as it was until its report
 * is ready, but is lost if the disk fills up then.
 */
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
import { resolve } from 'node:path';
import { createBatchWriter } from './batch-writer.ts';
import type { Io, StandardOutput } from './io.ts';
import { calledAs, naming } from './name-error.ts';
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
  io: Io,
  command = 'analyze',
): Outputs {
  const outputs: Output[] = [];
  const discard = (): void => {
    for (const output of outputs) output.discard();
  };
  // Whatever ends the program, for example a reader of standard output that goes away.
  io.onExit(discard);
  try {
    for (const path of paths) outputs.push(createOutput(path, captures, io, command));
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

function createOutput(
  path: string | undefined,
  captures: readonly string[],
  { cwd, stdout }: Io,
  command: string,
): Output {
  if (path === undefined) {
    return {
      write: (chunks) => writeToStdout(chunks, stdout),
      stream: () => streamToStdout(stdout),
      discard: () => undefined,
    };
  }
  const file = resolve(cwd, path);
  const existing = calledAs(path, () => statSync(file, { throwIfNoEntry: false }));
  if (existing?.isDirectory() === true) throw new UsageError(`--output ${path} is a directory`, command);
  if (
    captures.some(
      (capture) => capture !== '-' && calledAs(capture, () => isSameFile(resolve(cwd, capture), file)),
    )
  ) {
    throw new UsageError(`--output ${path} is the capture itself`, command);
  }
  if (existing !== undefined && !existing.isFile()) {
    const descriptor = calledAs(path, () => openSync(file, 'w'));
    return {
      write: (chunks) => writeAndClose(descriptor, chunks, path),
      stream: () => streamTo(descriptor, path),
      discard: () => undefined,
    };
  }
  // Renaming onto a link would replace the link.
  const target = existing === undefined ? file : realpathSync(file);
  // A link's target, where it is one, and otherwise what the user calls it.
  const name = existing === undefined ? path : target;
  return beside({ path: target, name }, existing, command);
}

async function writeToStdout(chunks: Iterable<string>, stdout: StandardOutput): Promise<void> {
  for (const chunk of chunks) {
    // run.ts ends the program when standard output fails.
    if (!stdout.write(chunk)) await stdout.drained();
  }
}

function streamToStdout(stdout: StandardOutput): OutputStream {
  const { write, flush } = createBatchWriter((text) => {
    stdout.writeSync(text);
  });
  return { write, close: flush };
}

function streamTo(descriptor: number, path: string): OutputStream {
  let failure: { readonly error: unknown } | null = null;
  const { write, flush } = createBatchWriter((text) => {
    try {
      writeFully(descriptor, Buffer.from(text));
    } catch (error) {
      failure ??= { error: naming(path, error) };
    }
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

/** The file that is to be there in the end. */
interface Target {
  readonly path: string;
  /** As messages call it. */
  readonly name: string;
}

function beside(target: Target, existing: Stats | undefined, command: string): Output {
  const opened = openNew(target, existing !== undefined, command);
  if (opened === null) return inPlace(target);
  const { temporary, descriptor } = opened;
  resemble(descriptor, existing);
  return {
    async write(chunks) {
      await writeAndClose(descriptor, chunks, target.name);
      renameSync(temporary, target.path);
    },
    stream() {
      const stream = streamTo(descriptor, target.name);
      return {
        ...stream,
        close() {
          stream.close();
          renameSync(temporary, target.path);
        },
      };
    },
    discard() {
      rmSync(temporary, { force: true });
    },
  };
}

/** A file that is emptied only when there is something to write. */
function inPlace({ path, name }: Target): Output {
  const descriptor = calledAs(name, () => openSync(path, 'r+'));
  const emptied = (): number => {
    ftruncateSync(descriptor);
    return descriptor;
  };
  return {
    write: (chunks) => writeAndClose(emptied(), chunks, name),
    stream: () => streamTo(emptied(), name),
    discard: () => undefined,
  };
}

/**
 * Opens a file with a free name beside the target: what a killed run has left is not written to, nor is it in
 * the way. Null where the target exists and nothing may be made beside it.
 */
function openNew(
  { path, name }: Target,
  exists: boolean,
  command: string,
): { temporary: string; descriptor: number } | null {
  for (let attempt = 0; ; attempt++) {
    const temporary = `${path}.${process.pid}${attempt === 0 ? '' : `-${attempt}`}.tmp`;
    try {
      return { temporary, descriptor: openSync(temporary, 'wx', NEW_MODE) };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EEXIST' && attempt < MAX_ATTEMPTS) continue;
      if (code === 'ENOENT') {
        throw new UsageError(`--output ${name}: the directory does not exist`, command);
      }
      if (exists && NOT_ALLOWED.has(code)) return null;
      throw naming(name, error);
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
