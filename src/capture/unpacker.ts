/**
 * Undoes what was done to a capture on its way, before a reader sees it: base64, then gzip. Holds the first bytes until it is known
 * which of them it is, and then nothing.
 */
import { joinBytes } from '../basics/join-bytes.ts';
import { Base64Decoder, findBase64 } from './base64-text.ts';
import type { CaptureTarget } from './capture-reader.ts';
import { GzipInput, isGzip } from './gzip-input.ts';

const GZIP_MAGIC_LENGTH = 2;

export class Unpacker {
  readonly #target: CaptureTarget;
  /** What came before it was known whether it is base64; then before it was known whether it is gzip. */
  #text: Uint8Array | null = new Uint8Array(0);
  #magic: Uint8Array | null = new Uint8Array(0);
  #base64: Base64Decoder | null = null;
  #gzip: GzipInput | null = null;

  constructor(target: CaptureTarget) {
    this.#target = target;
  }

  get compression(): 'gzip' | null {
    return this.#gzip === null ? null : 'gzip';
  }

  /** It is gzip, and nothing could be unpacked from it. */
  get isEmptyGzip(): boolean {
    return this.#gzip?.bytesOut === 0;
  }

  /** Nothing of what follows counts. */
  get finished(): boolean {
    return this.#target.finished || this.#gzip?.finished === true || this.#base64?.isDone === true;
  }

  /** The chunk may be reused when the promise is resolved. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#text === null) return this.#decode(chunk);
    const text = this.#text.length === 0 ? chunk : joinBytes(this.#text, chunk);
    const start = findBase64(text, false);
    if (start === undefined) {
      this.#text = Uint8Array.from(text);
      return;
    }
    return this.#begin(text, start);
  }

  /** The file has ended. */
  async end(): Promise<void> {
    const text = this.#text;
    if (text !== null && text.length > 0) await this.#begin(text, findBase64(text, true) ?? null);
    const magic = this.#magic;
    if (magic !== null && magic.length > 0) await this.#unpack(magic, true);
    await this.#gzip?.end();
  }

  close(): void {
    this.#gzip?.close();
  }

  async #begin(text: Uint8Array, base64At: number | null): Promise<void> {
    this.#text = null;
    if (base64At !== null) this.#base64 = new Base64Decoder();
    await this.#decode(text.subarray(base64At ?? 0));
  }

  async #decode(chunk: Uint8Array): Promise<void> {
    if (this.#base64 === null) return this.#unpack(chunk, false);
    await this.#unpack(this.#base64.decode(chunk), false);
    const line = this.#base64.brokenInLine;
    if (line === null) return;
    this.#target.note({
      code: 'corrupt-base64',
      message: `a character that does not belong to base64 stands in line ${line} of it: what follows was not read`,
    });
  }

  async #unpack(chunk: Uint8Array, isComplete: boolean): Promise<void> {
    let bytes = chunk;
    if (this.#magic !== null) {
      // A pipe may deliver a single byte first.
      bytes = isComplete || this.#magic.length === 0 ? chunk : joinBytes(this.#magic, chunk);
      if (bytes.length < GZIP_MAGIC_LENGTH && !isComplete) {
        this.#magic = Uint8Array.from(bytes);
        return;
      }
      if (isGzip(bytes)) this.#gzip = new GzipInput(this.#target);
      this.#magic = null;
    }
    if (this.#gzip === null) this.#target.write(bytes);
    else await this.#gzip.write(bytes);
  }
}
