/**
 * Where an extract goes. A file is written in a folder beside its place and renamed when it is complete; the folder also
 * takes what is kept meanwhile. The source is never written to, by whatever name it is called.
 */
import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UsageError } from '../usage-error.ts';
import { writeFully } from '../write-fully.ts';
import { STDOUT_NAMES, type EvidenceFormat } from './evidence-format.ts';

const STDOUT = 1;
/** Bytes compressed at a time, each time as a gzip member of its own (RFC 1952 §2.2). */
const PIECE = 1 << 20;
const DEFAULT_MODE = 0o666;

export class EvidenceFile {
  /** For what is kept until it is complete. */
  readonly folder: string;
  readonly #output: string;
  readonly #captures: readonly string[];
  readonly #isGzip: boolean;
  /** Where a file ends up when it is complete; null for an output that is written to directly. */
  readonly #target: string | null;
  readonly #temporary: string | null;
  readonly #descriptor: number;
  readonly #mode: number | null;
  readonly #piece = Buffer.alloc(PIECE);
  #length = 0;
  bytes = 0;

  /** @throws UsageError where it can't be written there */
  constructor(output: string, { isGzip }: EvidenceFormat, captures: readonly string[]) {
    this.#output = output;
    this.#captures = captures;
    this.#isGzip = isGzip;
    const isStdout = STDOUT_NAMES.includes(output);
    const existing = isStdout ? fstatSync(STDOUT) : statSync(output, { throwIfNoEntry: false });
    if (isStdout && process.stdout.isTTY) {
      throw new UsageError(
        'standard output is a terminal, and a capture is no text: redirect it',
        'extract',
        '-o evidence.pcapng',
      );
    }
    if (existing?.isDirectory() === true)
      throw new UsageError(`--output ${output} is a directory`, 'extract');
    this.#refuseSource(existing);
    const isFile = !isStdout && (existing === undefined || existing.isFile());
    // Renaming onto a link would replace the link.
    this.#target = !isFile ? null : existing === undefined ? output : realpathSync(output);
    this.folder = makeFolder(this.#target, output);
    // Whatever ends the program: a reader of standard output that goes, for one.
    process.once('exit', () => {
      this.discard();
    });
    this.#temporary = this.#target === null ? null : join(this.folder, 'output');
    this.#mode = existing === undefined ? null : existing.mode & 0o777;
    this.#descriptor = isStdout ? STDOUT : openSync(this.#temporary ?? output, 'w', DEFAULT_MODE);
  }

  /** Synchronously: packets come faster than one could wait for each. */
  readonly write = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length;) {
      const taken = Math.min(bytes.length - at, PIECE - this.#length);
      this.#piece.set(bytes.subarray(at, at + taken), this.#length);
      this.#length += taken;
      at += taken;
      if (this.#length === PIECE) this.#flush();
    }
  };

  /** Everything is written: the file takes its place. */
  complete(): void {
    this.#flush();
    if (this.#descriptor !== STDOUT) closeSync(this.#descriptor);
    if (this.#target === null || this.#temporary === null) return;
    this.#refuseSource(statSync(this.#target, { throwIfNoEntry: false }));
    if (this.#mode !== null) chmodSync(this.#temporary, this.#mode);
    renameSync(this.#temporary, this.#target);
  }

  /** Leaves nothing behind but what is complete. */
  discard(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #refuseSource(existing: Stats | undefined): void {
    const isSource = this.#captures.some((capture) => {
      const source = capture === '-' ? fstatSync(0) : statSync(capture, { throwIfNoEntry: false });
      // Terminals and pipes may be both, one after the other.
      return existing?.isFile() === true && source?.ino === existing.ino && source.dev === existing.dev;
    });
    if (isSource) {
      throw new UsageError(`--output ${this.#output} is the capture itself: choose another name`, 'extract');
    }
  }

  #flush(): void {
    if (this.#length === 0) return;
    const piece = this.#piece.subarray(0, this.#length);
    const bytes = this.#isGzip ? gzipSync(piece) : piece;
    this.bytes += bytes.length;
    try {
      writeFully(this.#descriptor, bytes);
    } catch (error) {
      throw naming(this.#output, error);
    }
    this.#length = 0;
  }
}

function makeFolder(target: string | null, output: string): string {
  const parent = target === null ? tmpdir() : dirname(target);
  try {
    return mkdtempSync(join(parent, '.wscap-'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new UsageError(`--output ${output}: the directory does not exist`, 'extract');
    }
    throw naming(output, error);
  }
}

/** The error names the file that the user asked for, not ours beside it. */
function naming(path: string, error: unknown): unknown {
  return error instanceof Error && 'code' in error ? Object.assign(error, { path }) : error;
}
