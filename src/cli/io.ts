/**
 * Everything outside of a command, except files: where it writes, what it reads as standard input, the
 * environment, the working directory, signals, and how the program ends. `main.ts` hands in the process's own
 * (process-io.ts); a test hands in another one, and so runs a command without a process. Nothing else in cli/
 * may use `process` for these.
 */

/** Standard output or standard error. */
export interface TextOutput {
  readonly isTTY: boolean;
  /** The size of a terminal; undefined or 0 where it isn't known. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  /** Returns false where the reader is slower: then wait for {@link drained} before writing more. */
  write(text: string): boolean;
  drained(): Promise<void>;
  /** Resolves once all that was written has been taken. */
  flushed(): Promise<void>;
  onError(listener: (error: Error) => void): void;
}

export interface StandardOutput extends TextOutput {
  /** Does not return before everything is written. The listeners of {@link onError} get what goes wrong. */
  writeSync(text: string): void;
  /** The same for bytes that are not text; throws what goes wrong. */
  writeBytesSync(bytes: Uint8Array): void;
  /** The regular file that it is; null where it is a pipe, a terminal or something else. */
  file(): FileIdentity | null;
}

export interface StandardInput {
  readonly isTTY: boolean;
  /** The regular file that it is; null where it is a pipe, a terminal or something else. */
  file(): FileIdentity | null;
  /** The chunks can be read only once. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** Two files with the same identity are the same file. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

export type Signal = 'SIGINT' | 'SIGTERM';

export interface Io {
  readonly stdout: StandardOutput;
  readonly stderr: TextOutput;
  readonly stdin: StandardInput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An absolute path; relative paths on the command line begin here. */
  readonly cwd: string;
  /** Returns a function that removes the listener. */
  onSignal(signal: Signal, listener: () => void): () => void;
  /** Called whatever ends the program: here is removed what must not be left behind. */
  onExit(listener: () => void): void;
  /** Ends the program at once. */
  exit: (exitCode: number) => never;
  /** Settings of V8 that concern everything in the process. */
  readonly engine: {
    /** See lean-heap.ts. */
    keepHeapLean(): void;
    /** See patient-compiler.ts. */
    keepCompilerPatient(): void;
  };
}
