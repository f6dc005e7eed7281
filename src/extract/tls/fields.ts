/**
 * Goes through a message of TLS in its own bytes and rewrites them: fixed fields, and vectors behind their lengths (RFC 8446 §3.4).
 * Where a length claims more than there is, what follows is no message any more: it is replaced whole.
 */
import type { Endpoints } from '../proxy-header.ts';

export class Fields {
  readonly bytes: Uint8Array;
  readonly endpoints: Endpoints;
  at: number;
  readonly end: number;

  /** @param bytes are written to */
  constructor(bytes: Uint8Array, endpoints: Endpoints, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.endpoints = endpoints;
    this.at = start;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  /** The next bytes as a number; null where there are fewer. They stay. */
  number(size: number): number | null {
    if (this.left < size) return null;
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 256 + this.bytes[this.at + index]!;
    this.at += size;
    return value;
  }

  /** The next bytes stay, as far as there are any. */
  keep(length: number = this.left): void {
    this.at += Math.min(length, this.left);
  }

  /** The next bytes become others: equal ones become equal ones, so that what was repeated still is. */
  replace(length: number = this.left): void {
    const end = this.at + Math.min(length, this.left);
    this.bytes.set(this.endpoints.pseudonyms.permute(this.bytes.subarray(this.at, end)), this.at);
    this.at = end;
  }

  /** The next bytes become zeros. */
  clear(length: number = this.left): void {
    const end = this.at + Math.min(length, this.left);
    this.bytes.fill(0, this.at, end);
    this.at = end;
  }

  /**
   * The next vector behind a length of `size` bytes. Where it is not whole, the rest is replaced.
   * @param rewrite goes through what is in it; what it leaves is replaced
   */
  vector(size: number, rewrite: (inside: Fields) => void): void {
    const length = this.number(size);
    if (length === null || length > this.left) {
      this.replace();
      return;
    }
    const inside = new Fields(this.bytes, this.endpoints, this.at, this.at + length);
    rewrite(inside);
    inside.replace();
    this.at += length;
  }

  /** Vectors or other elements, one after the other, to the end. */
  each(rewrite: (inside: Fields) => void): void {
    while (this.left > 0) {
      const before = this.at;
      rewrite(this);
      if (this.at === before) this.replace();
    }
  }

  /** Whether the rest is exactly one vector behind a length of `size` bytes. */
  isVector(size: number): boolean {
    const { at } = this;
    const length = this.number(size);
    const isWhole = length === this.left;
    this.at = at;
    return length !== null && isWhole;
  }
}
