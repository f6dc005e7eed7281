/**
 * What a command gets in place of a process. Its output is kept, and it sees nothing of the environment in
 * which the tests run.
 */
import type { Io } from '../../src/cli/io.ts';

export const TERMINAL_ROWS = 24;

export interface TestIo extends Io {
  /** What was written so far. */
  readonly written: { stdout: string; stderr: string };
  /** As the process would when it ends. */
  end(): void;
}

export interface TestIoOptions {
  readonly input?: Uint8Array;
  /** Set in addition to a UTF-8 locale. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Of a terminal, where standard output and standard error are one. */
  readonly columns?: number;
}

export function createTestIo({ input, env = {}, cwd = process.cwd(), columns }: TestIoOptions = {}): TestIo {
  const pieces = { stdout: [] as (string | Uint8Array)[], stderr: [] as (string | Uint8Array)[] };
  const atExit: (() => void)[] = [];
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: columns !== undefined,
    columns,
    rows: columns === undefined ? undefined : TERMINAL_ROWS,
    write(text: string) {
      pieces[name].push(text);
      return true;
    },
    drained: () => Promise.resolve(),
    flushed: () => Promise.resolve(),
    onError: () => undefined,
  });
  const textOf = (name: 'stdout' | 'stderr') =>
    Buffer.concat(pieces[name].map((piece) => Buffer.from(piece as Uint8Array))).toString('utf8');
  return {
    written: {
      get stdout() {
        return textOf('stdout');
      },
      get stderr() {
        return textOf('stderr');
      },
    },
    end() {
      for (const listener of atExit.splice(0)) listener();
    },
    stdout: {
      ...output('stdout'),
      writeSync: (text) => void pieces.stdout.push(text),
      writeBytesSync: (bytes) => void pieces.stdout.push(bytes.slice()),
      file: () => null,
    },
    stderr: output('stderr'),
    stdin: {
      isTTY: false,
      file: () => null,
      async *chunks() {
        await Promise.resolve();
        if (input !== undefined && input.length > 0) yield input;
      },
    },
    env: { LANG: 'C.UTF-8', ...env },
    cwd,
    onSignal: () => () => undefined,
    onExit: (listener) => void atExit.push(listener),
    exit(exitCode) {
      throw new Error(`the command ended its process with ${exitCode}: test it in one`);
    },
    // These settings would affect every test of this worker.
    engine: { keepHeapLean: () => undefined, keepCompilerPatient: () => undefined },
  };
}
