/**
 * Unpacks gzip for a reader: compressed bytes in, unpacked bytes pushed on. Several members are read as one file (RFC
 * 1952 §2.2). If the data end early or are damaged, what could be unpacked is kept, and a note says so.
 */
import type { Gunzip } from 'node:zlib';
import type { CaptureReader } from './capture-reader.ts';
import type { PacketHandler } from './packet-handler.ts';

/** Unpacked bytes per push. */
const OUTPUT_LENGTH = 256 * 1024;
/**
 * When zlib meets an error, it throws away what it unpacked in the same call. So the first pieces given to it are
 * small and they grow with the file: damage costs at most a 32nd of what came before it.
 */
const MIN_PIECE_LENGTH = 32;
const MAX_PIECE_LENGTH = 256 * 1024;
const PIECE_FRACTION = 32;

const TRUNCATED_CODE = 'Z_BUF_ERROR';

export function isGzip(prefix: Uint8Array): boolean {
  return prefix[0] === 0x1f && prefix[1] === 0x8b;
}

export class GzipInput {
  /** No more will come out: the data are damaged, or the reader needs no more. */
  finished = false;
  bytesOut = 0;
  private readonly reader: CaptureReader;
  private readonly handler: PacketHandler;
  private readonly gunzip: Gunzip;
  private bytesIn = 0;
  private onError: ((error: NodeJS.ErrnoException) => void) | undefined;
  /** What the reader or the handler threw. `write` rethrows it: it must not pass through zlib. */
  private thrown: { readonly error: unknown } | undefined;

  constructor(reader: CaptureReader, handler: PacketHandler) {
    this.reader = reader;
    this.handler = handler;
    // Loaded here, not at the start: most captures aren't compressed, and the program starts faster without zlib.
    this.gunzip = process.getBuiltinModule('node:zlib').createGunzip({ chunkSize: OUTPUT_LENGTH });
    this.gunzip.on('data', (unpacked: Buffer) => {
      this.push(unpacked);
    });
    this.gunzip.on('error', (error) => {
      this.onError?.(error);
    });
  }

  /** Resolves when everything in the chunk has reached the reader. */
  async write(chunk: Uint8Array): Promise<void> {
    let at = 0;
    while (at < chunk.length && !this.finished && !this.reader.finished) {
      const wanted = Math.ceil(this.bytesIn / PIECE_FRACTION);
      const length = Math.min(Math.max(wanted, MIN_PIECE_LENGTH), MAX_PIECE_LENGTH, chunk.length - at);
      const piece = chunk.subarray(at, at + length);
      await this.step((done) => this.gunzip.write(piece, done));
      at += length;
      this.bytesIn += length;
    }
  }

  /** The compressed data have ended. */
  async end(): Promise<void> {
    if (this.finished || this.reader.finished) return;
    await this.step((done) => {
      this.gunzip.once('end', done);
      // Zero bytes after the last member (padding) make zlib end early: then 'end' has already been emitted.
      this.gunzip.end(() => {
        if (this.gunzip.readableEnded) done();
      });
    });
  }

  close(): void {
    this.gunzip.destroy();
  }

  /** One call into zlib. It is done when zlib calls back, or at the error event, after which zlib doesn't call back. */
  private async step(start: (done: () => void) => void): Promise<void> {
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      this.onError = resolve;
      start(() => {
        resolve(undefined);
      });
    });
    if (this.thrown !== undefined) throw this.thrown.error;
    if (error !== undefined) this.noteDamage(error);
  }

  private noteDamage(error: NodeJS.ErrnoException): void {
    this.finished = true;
    const upTo = `after ${this.bytesOut} unpacked bytes`;
    this.handler.note(
      error.code === TRUNCATED_CODE
        ? {
            code: 'truncated-file',
            message: `the gzip data end too early, ${upTo}: the file was cut or is still being written`,
          }
        : {
            code: 'corrupt-gzip',
            message: `the gzip data are damaged (${error.message}) ${upTo}, near byte ${this.bytesIn} of the file: what came before was read`,
          },
    );
  }

  private push(unpacked: Buffer): void {
    if (this.thrown !== undefined || this.reader.finished) return;
    this.bytesOut += unpacked.length;
    try {
      this.reader.write(new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length));
    } catch (error) {
      this.thrown = { error };
    }
  }
}
