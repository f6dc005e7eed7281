/**
 * Where rewritten bytes wait for their packets: in memory up to a bound, beyond it in a file that no other
 * program can open by name and that disappears with the process.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The most bytes kept in memory; further ones are written to disk.
 * @bound rewritten bytes that `extract` keeps in memory: {bytes}; more go to a file
 */
const MAX_MEMORY = 64 * 1024 * 1024;
const FIRST_SIZE = 64 * 1024;

export class Spool {
  readonly #folder: string;
  readonly #maxMemory: number;
  #memory = new Uint8Array(FIRST_SIZE);
  #inMemory = 0;
  #descriptor: number | null = null;
  #onDisk = 0;

  /** @param folder where the file is made, if one is needed */
  constructor(folder: string, maxMemory: number = MAX_MEMORY) {
    this.#folder = folder;
    this.#maxMemory = maxMemory;
  }

  /** Returns the position of the first byte. The view is not kept. */
  append(bytes: Uint8Array): number {
    const position = this.#inMemory + this.#onDisk;
    // A piece is either in memory or on disk, and after the first piece on disk all go there.
    if (this.#descriptor === null && this.#inMemory + bytes.length <= this.#maxMemory) {
      this.#reserve(this.#inMemory + bytes.length);
      this.#memory.set(bytes, this.#inMemory);
      this.#inMemory += bytes.length;
      return position;
    }
    this.#writeAll(bytes, this.#onDisk);
    this.#onDisk += bytes.length;
    return position;
  }

  /** Changes a byte that was appended. */
  patch(position: number, value: number): void {
    if (position < this.#inMemory) this.#memory[position] = value;
    else this.#writeAll(Uint8Array.of(value), position - this.#inMemory);
  }

  /** Reads what one `append` has written, or a part of it. */
  read(position: number, length: number, into: Uint8Array, at: number): void {
    if (position < this.#inMemory) {
      into.set(this.#memory.subarray(position, position + length), at);
      return;
    }
    for (let done = 0; done < length;) {
      const from = position - this.#inMemory + done;
      const read = readSync(this.#descriptor!, into, at + done, length - done, from);
      if (read === 0) throw new Error('the spool file is shorter than it was');
      done += read;
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #reserve(length: number): void {
    if (length <= this.#memory.length) return;
    const larger = new Uint8Array(Math.max(length, this.#memory.length * 2));
    larger.set(this.#memory.subarray(0, this.#inMemory));
    this.#memory = larger;
  }

  #writeAll(bytes: Uint8Array, position: number): void {
    this.#descriptor ??= openNameless(this.#folder);
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#descriptor, bytes, at, bytes.length - at, position + at);
    }
  }
}

/**
 * The file's name is removed once the file is open. Where the system keeps the names of open files, only the
 * owner can enter the folder.
 */
function openNameless(folder: string): number {
  const own = mkdtempSync(join(folder, 'wscap-'));
  const descriptor = openSync(join(own, 'spool'), 'wx+', 0o600);
  rmSync(own, { recursive: true, force: true });
  return descriptor;
}
