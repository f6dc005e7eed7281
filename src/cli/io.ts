/**
 * All that a command has to do with the world around it, but for files: where it writes, what it reads as standard
 * input, the environment, the working directory, signals, and how the program ends. `main.ts` hands in the process's own
 * (process-io.ts); a test hands in its own, and so runs a command without a process. Nothing else in cli/ may use
 * `process` for these.
 */

/** Standard output or standard error. */
export interface TextOutput {
  readonly isTTY: boolean;
  /** Of a terminal; undefined or 0 where it isn't known. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  /** False: a reader is slower; whoever has more to write waits for {@link drained}. */
  write(text: string): boolean;
  drained(): Promise<void>;
  /** Resolves once all that was written has been taken. */
  flushed(): Promise<void>;
  onError(listener: (error: Error) => void): void;
}

export interface StandardOutput extends TextOutput {
  /** Does not return before all is written. What goes wrong goes to the listeners of {@link onError}. */
  writeSync(text: string): void;
  /** The same for what is no text; throws. */
  writeBytesSync(bytes: Uint8Array): void;
  /** The regular file that it is; null where it is a pipe, a terminal or something else. */
  file(): FileIdentity | null;
}

export interface StandardInput {
  readonly isTTY: boolean;
  /** The regular file that it is; null where it is a pipe, a terminal or something else. */
  file(): FileIdentity | null;
  /** Can be read once. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** Two files with the same are one. */
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
  /** Absolute; relative paths of the command line are meant from here. */
  readonly cwd: string;
  /** Returns what takes the listener away again. */
  onSignal(signal: Signal, listener: () => void): () => void;
  /** Whatever ends the program: the place for what must not be left behind. */
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
