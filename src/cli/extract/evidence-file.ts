/**
 * Where an extract goes. A file is written in a folder beside its place and renamed when it is complete; the folder also
 * takes what is kept meanwhile. The source is never written to, by whatever name it is called.
 */
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FileIdentity, Io, StandardOutput } from '../io.ts';
import { calledAs, naming } from '../name-error.ts';
import { UsageError } from '../usage-error.ts';
import { writeFully } from '../write-fully.ts';
import { STDOUT_NAMES, type EvidenceFormat } from './evidence-format.ts';

/** Bytes compressed at a time, each time as a gzip member of its own (RFC 1952 §2.2). */
const PIECE = 1 << 20;
const DEFAULT_MODE = 0o666;

export class EvidenceFile {
  /** For what is kept until it is complete. */
  readonly folder: string;
  readonly #output: string;
  readonly #captures: readonly string[];
  readonly #io: Io;
  readonly #isGzip: boolean;
  /** Where a file ends up when it is complete; null for an output that is written to directly. */
  readonly #target: string | null;
  readonly #temporary: string | null;
  readonly #descriptor: number | StandardOutput;
  readonly #mode: number | null;
  readonly #piece = Buffer.alloc(PIECE);
  #length = 0;
  bytes = 0;

  /** @throws UsageError where it can't be written there */
  constructor(output: string, { isGzip }: EvidenceFormat, captures: readonly string[], io: Io) {
    this.#output = output;
    this.#captures = captures;
    this.#io = io;
    this.#isGzip = isGzip;
    const isStdout = STDOUT_NAMES.includes(output);
    const path = resolve(io.cwd, output);
    const existing = isStdout ? undefined : calledAs(output, () => statSync(path, { throwIfNoEntry: false }));
    if (isStdout && io.stdout.isTTY) {
      throw new UsageError(
        'standard output is a terminal, and a capture is not text: redirect it',
        'extract',
        '-o evidence.pcapng',
      );
    }
    if (existing?.isDirectory() === true)
      throw new UsageError(`--output ${output} is a directory`, 'extract');
    this.#refuseSource(isStdout ? io.stdout.file() : identityOf(existing));
    const isFile = !isStdout && (existing === undefined || existing.isFile());
    // Renaming onto a link would replace the link.
    this.#target = !isFile ? null : existing === undefined ? path : realpathSync(path);
    this.folder = makeFolder(this.#target, output);
    // Whatever ends the program, for example a reader of standard output that goes away.
    io.onExit(() => {
      this.discard();
    });
    this.#temporary = this.#target === null ? null : join(this.folder, 'output');
    this.#mode = existing === undefined ? null : existing.mode & 0o777;
    this.#descriptor = isStdout
      ? io.stdout
      : calledAs(output, () => openSync(this.#temporary ?? path, 'w', DEFAULT_MODE));
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
    if (typeof this.#descriptor === 'number') closeSync(this.#descriptor);
    if (this.#target === null || this.#temporary === null) return;
    this.#refuseSource(identityOf(statSync(this.#target, { throwIfNoEntry: false })));
    if (this.#mode !== null) chmodSync(this.#temporary, this.#mode);
    renameSync(this.#temporary, this.#target);
  }

  /** Leaves nothing behind but what is complete. */
  discard(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @param existing null where it is no regular file: terminals and pipes may be both, one after the other */
  #refuseSource(existing: FileIdentity | null): void {
    const { cwd, stdin } = this.#io;
    const isSource = this.#captures.some((capture) => {
      const source =
        capture === '-'
          ? stdin.file()
          : identityOf(calledAs(capture, () => statSync(resolve(cwd, capture), { throwIfNoEntry: false })));
      return existing !== null && source?.ino === existing.ino && source.dev === existing.dev;
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
      if (typeof this.#descriptor === 'number') writeFully(this.#descriptor, bytes);
      else this.#descriptor.writeBytesSync(bytes);
    } catch (error) {
      throw naming(this.#output, error);
    }
    this.#length = 0;
  }
}

function identityOf(stat: Stats | undefined): FileIdentity | null {
  return stat?.isFile() === true ? stat : null;
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
