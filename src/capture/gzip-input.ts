/**
 * Unpacks gzip for a reader: compressed bytes in, unpacked bytes pushed on. Several members are read as one file (RFC
 * 1952 §2.2). If the data end early or are damaged, what could be unpacked is kept, and a note says so.
 */
import { openGunzip } from '#platform/gunzip';
import type { Gunzip, GunzipProblem, OpenGunzip } from '../platform/gunzip.ts';
import type { CaptureTarget } from './capture-reader.ts';

/** Unpacked bytes per push. */
const OUTPUT_LENGTH = 256 * 1024;
/**
 * When zlib meets an error, it throws away what it unpacked in the same call. So the first pieces given to it are
 * small and they grow with the file: damage costs at most a 32nd of what came before it.
 */
const MIN_PIECE_LENGTH = 32;
/** @bound unpacked bytes handed on at once: {bytes} */
const MAX_PIECE_LENGTH = 256 * 1024;
const PIECE_FRACTION = 32;

export function isGzip(prefix: Uint8Array): boolean {
  return prefix[0] === 0x1f && prefix[1] === 0x8b;
}

export class GzipInput {
  /** No more will come out: the data are damaged, or the reader needs no more. */
  finished = false;
  bytesOut = 0;
  private readonly target: CaptureTarget;
  private readonly gunzip: Gunzip;
  private bytesIn = 0;
  /** What the reader or the handler threw. `write` rethrows it: it must not pass through zlib. */
  private thrown: { readonly error: unknown } | undefined;

  /** @param open what unpacks: that of the platform, but in tests */
  constructor(target: CaptureTarget, open: OpenGunzip = openGunzip) {
    this.target = target;
    this.gunzip = open(OUTPUT_LENGTH, (unpacked) => {
      this.push(unpacked);
    });
  }

  /** Resolves when everything in the chunk has reached the reader. */
  async write(chunk: Uint8Array): Promise<void> {
    let at = 0;
    while (at < chunk.length && !this.finished && !this.target.finished) {
      const wanted = Math.ceil(this.bytesIn / PIECE_FRACTION);
      const length = Math.min(Math.max(wanted, MIN_PIECE_LENGTH), MAX_PIECE_LENGTH, chunk.length - at);
      const piece = chunk.subarray(at, at + length);
      this.take(await this.gunzip.write(piece));
      at += length;
      this.bytesIn += length;
    }
  }

  /** The compressed data have ended. */
  async end(): Promise<void> {
    if (this.finished || this.target.finished) return;
    this.take(await this.gunzip.end());
  }

  close(): void {
    this.gunzip.close();
  }

  /** What came of one call into zlib. */
  private take(problem: GunzipProblem | undefined): void {
    if (this.thrown !== undefined) throw this.thrown.error;
    if (problem !== undefined) this.noteDamage(problem);
  }

  private noteDamage({ isCut, message }: GunzipProblem): void {
    this.finished = true;
    const upTo = `after ${this.bytesOut} unpacked bytes`;
    this.target.note(
      isCut
        ? {
            code: 'truncated-file',
            message: `the gzip data end too early, ${upTo}: the file was cut or is still being written`,
          }
        : {
            code: 'corrupt-gzip',
            message: `the gzip data are damaged (${message}) ${upTo}, near byte ${this.bytesIn} of the file: what came before was read`,
          },
    );
  }

  private push(unpacked: Uint8Array): void {
    if (this.thrown !== undefined || this.target.finished) return;
    this.bytesOut += unpacked.length;
    try {
      this.target.write(unpacked);
    } catch (error) {
      this.thrown = { error };
    }
  }
}
