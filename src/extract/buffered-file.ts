/**
 * A new file that is written in large pieces, synchronously: packets come too fast to wait for each write.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

const BUFFER_LENGTH = 256 * 1024;

export class BufferedFile {
  readonly #descriptor: number;
  readonly #buffer = new Uint8Array(BUFFER_LENGTH);
  #length = 0;

  /** @throws where a file of that name is there already */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx', 0o600);
  }

  write(bytes: Uint8Array): void {
    if (this.#length + bytes.length > BUFFER_LENGTH) this.#flush();
    if (bytes.length > BUFFER_LENGTH) {
      writeWhole(this.#descriptor, bytes);
      return;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #flush(): void {
    writeWhole(this.#descriptor, this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}
