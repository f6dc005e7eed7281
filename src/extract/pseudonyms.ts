/**
 * Replaces words, short payloads, masks and hardware addresses: the replacement has the same length. Under
 * one key, equal ones get equal replacements, and different ones get different replacements.
 */
import { createCipheriv, createHmac, type Cipher } from 'node:crypto';

/**
 * The most words remembered, so that no two get the same replacement; beyond it that is only unlikely.
 * @bound words for which `extract` remembers a pseudonym: {count}
 */
const MAX_WORDS = 65_536;
/** Tries to find a replacement that no other word has: short ones run out. */
const MAX_TRIES = 64;
const ROUNDS = 6;
const BLOCK = 16;

export class Pseudonyms {
  readonly #key: Uint8Array;
  readonly #cipher: Cipher;
  readonly #words = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** @param key secret bytes, any number of them */
  constructor(key: Uint8Array) {
    this.#key = key;
    this.#cipher = createCipheriv('aes-128-ecb', this.#digest('blocks', '').subarray(0, BLOCK), null);
    this.#cipher.setAutoPadding(false);
  }

  /** Lower-case letters in place of a word of printable characters. */
  word(text: string): string {
    const known = this.#words.get(text);
    if (known !== undefined) return known;
    let result = '';
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      result = this.#letters(`${attempt} ${text}`, text.length);
      if (!this.#taken.has(result) && result !== text) break;
    }
    if (this.#words.size < MAX_WORDS) {
      this.#words.set(text, result);
      this.#taken.add(result);
    }
    return result;
  }

  /** Bytes in place of bytes: a permutation of all payloads of that length (an unbalanced Feistel network). */
  permute(payload: Uint8Array): Uint8Array {
    const { length } = payload;
    if (length === 0) return payload;
    if (length === 1) return Uint8Array.of(this.#bytePermutation()[payload[0]!]!);
    const result = payload.slice();
    const middle = length >> 1;
    const left = result.subarray(0, middle);
    const right = result.subarray(middle);
    for (let round = 0; round < ROUNDS; round++) {
      const [from, to] = round % 2 === 0 ? [right, left] : [left, right];
      const stream = this.#stream(`payload ${length} ${round}`, from, to.length);
      for (let i = 0; i < to.length; i++) to[i]! ^= stream[i]!;
    }
    return result;
  }

  /** A masking key in place of another; 0 stays 0. Big-endian int32. */
  mask(mask: number): number {
    if (mask === 0) return 0;
    const block = Buffer.alloc(BLOCK);
    block.writeInt32BE(mask);
    return this.#cipher.update(block).readInt32BE(0) || 1;
  }

  /** A locally administered address in place of a hardware address of 6 to 8 bytes. */
  hardwareAddress(address: Uint8Array): Uint8Array {
    const isGroup = (address[0]! & 1) !== 0;
    if (isGroup || address.every((byte) => byte === 0)) return address;
    const block = Buffer.alloc(BLOCK);
    block.set(address.subarray(0, BLOCK - 1));
    block[BLOCK - 1] = 1;
    const mapped = new Uint8Array(this.#cipher.update(block)).slice(0, address.length);
    mapped[0] = 0x02;
    return mapped;
  }

  /** 16 bits that say nothing about the bytes they replace, but are equal for equal bytes. */
  short(bytes: Uint8Array): number {
    return this.#digest('short', bytes).readUInt16BE(0);
  }

  /** A permutation of 0 to 2^bits - 1, for at most 16 bits. */
  permuteNumber(value: number, bits: number, domain: string): number {
    const lowBits = bits >> 1;
    const highBits = bits - lowBits;
    let high = value >> lowBits;
    let low = value & ((1 << lowBits) - 1);
    for (let round = 0; round < ROUNDS; round++) {
      const source = Uint8Array.of(round, round % 2 === 0 ? low : high);
      const noise = this.#digest(domain, source).readUInt16BE(0);
      if (round % 2 === 0) high = (high ^ noise) & ((1 << highBits) - 1);
      else low = (low ^ noise) & ((1 << lowBits) - 1);
    }
    return (high << lowBits) | low;
  }

  #permutation: Uint8Array | null = null;

  #bytePermutation(): Uint8Array {
    this.#permutation ??= Uint8Array.from({ length: 256 }, (_, value) =>
      this.permuteNumber(value, 8, 'byte'),
    );
    return this.#permutation;
  }

  #letters(text: string, length: number): string {
    const stream = this.#stream('word', Buffer.from(text), length);
    return String.fromCharCode(...stream.map((byte) => 0x61 + (byte % 26)));
  }

  #stream(domain: string, bytes: Uint8Array, length: number): Uint8Array {
    const result = new Uint8Array(length);
    let block = this.#digest(domain, bytes);
    for (let at = 0; at < length; at += block.length) {
      if (at > 0) block = this.#digest(`${domain} more`, block);
      result.set(block.subarray(0, length - at), at);
    }
    return result;
  }

  #digest(domain: string, bytes: string | Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(`${domain}\0`).update(bytes).digest();
  }
}
