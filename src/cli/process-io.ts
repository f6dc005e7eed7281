/** The process's own standard streams, environment, signals and end: what the program itself runs with. */
import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { sep } from 'node:path';
import type { FileIdentity, Io, StandardInput, StandardOutput, TextOutput } from './io.ts';
import { keepHeapLean } from './lean-heap.ts';
import { keepCompilerPatient } from './patient-compiler.ts';
import { writeFully } from './write-fully.ts';

const STDIN = 0;
const STDOUT = 1;

/**
 * Nothing is read from `process` before a command needs it: to set up standard input, for example, takes
 * time.
 */
export const PROCESS_IO: Io = {
  get stdout() {
    return standardOutput();
  },
  get stderr() {
    return textOutput(process.stderr);
  },
  stdin: standardInput(),
  env: process.env,
  get cwd() {
    try {
      return process.cwd();
    } catch {
      // The directory is gone: nothing will be found from it, and absolute paths don't need it.
      return process.env['PWD'] ?? sep;
    }
  },
  onSignal(signal, listener) {
    process.on(signal, listener);
    return () => process.off(signal, listener);
  },
  onExit(listener) {
    process.once('exit', listener);
  },
  exit: (exitCode) => process.exit(exitCode),
  engine: {
    keepHeapLean: () => {
      keepHeapLean(process.availableMemory());
    },
    keepCompilerPatient,
  },
};

function textOutput(stream: NodeJS.WriteStream): TextOutput {
  return {
    isTTY: isTerminal(stream),
    columns: stream.columns,
    rows: stream.rows,
    write: (text) => stream.write(text),
    async drained() {
      await once(stream, 'drain');
    },
    flushed: () =>
      new Promise((done) => {
        stream.write('', () => {
          done();
        });
      }),
    onError(listener) {
      stream.on('error', listener);
    },
  };
}

function standardOutput(): StandardOutput {
  return {
    ...textOutput(process.stdout),
    writeSync(text) {
      try {
        writeFully(STDOUT, Buffer.from(text));
      } catch (error) {
        // It may come when nobody is there to catch it. run.ts knows what to do, and ends the program.
        process.stdout.emit('error', error);
      }
    },
    writeBytesSync(bytes) {
      writeFully(STDOUT, bytes);
    },
    file: () => fileBehind(STDOUT),
  };
}

function standardInput(): StandardInput {
  return {
    get isTTY() {
      return isTerminal(process.stdin);
    },
    file: () => fileBehind(STDIN),
    chunks: () => process.stdin as AsyncIterable<Buffer>,
  };
}

/** Where a stream is not a terminal, Node leaves `isTTY` undefined, whatever its types say. */
function isTerminal({ isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true;
}

function fileBehind(descriptor: number): FileIdentity | null {
  const stat = fstatSync(descriptor);
  return stat.isFile() ? stat : null;
}
