/**
 * Opens records of TLS 1.0 to 1.2 that AES in CBC protects (RFC 5246 §6.2.3.2, RFC 2246 §6.2.3.2), with the MAC inside the
 * ciphertext or behind it (RFC 7366).
 */
import { cbcDecrypt, hmac } from '#platform/tls-crypto';
import { writeAdditional } from './aead-opener.ts';
import type { Hash } from './cipher-suites.ts';
import type { RecordOpener } from './protection.ts';
import { RECORD_HEADER } from './record-header.ts';

const BLOCK = 16;
/** Number, type, version and length. */
const MAC_HEADER = 13;

export interface CbcKeys {
  readonly key: Uint8Array;
  readonly macKey: Uint8Array;
  readonly hash: Hash;
  readonly macLength: number;
  /** TLS 1.0: of the first record; null where each record begins with its own. */
  readonly vector: Uint8Array | null;
  readonly encryptsThenMacs: boolean;
}

export class CbcOpener implements RecordOpener {
  readonly overhead = null;
  readonly smallestRecord: number;
  readonly #keys: CbcKeys;
  /** TLS 1.0: the last block of the record before. */
  #vector: Uint8Array | null;
  readonly #header = new Uint8Array(MAC_HEADER);

  constructor(keys: CbcKeys) {
    this.#keys = keys;
    this.#vector = keys.vector;
    const blocks = keys.encryptsThenMacs ? BLOCK : Math.ceil((keys.macLength + 1) / BLOCK) * BLOCK;
    const behind = keys.encryptsThenMacs ? keys.macLength : 0;
    this.smallestRecord = RECORD_HEADER + (keys.vector === null ? BLOCK : 0) + blocks + behind;
  }

  open(
    sequence: number,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Uint8Array | null {
    const { encryptsThenMacs, macLength } = this.#keys;
    const cipherEnd = encryptsThenMacs ? end - macLength : end;
    const from = this.#vector === null ? start + BLOCK : start;
    if (cipherEnd - from < BLOCK || (cipherEnd - from) % BLOCK !== 0) return null;
    if (encryptsThenMacs && !this.#isMac(sequence, type, version, bytes, start, cipherEnd, bytes, cipherEnd))
      return null;
    const vector = this.#vector ?? bytes.subarray(start, from);
    const plain = cbcDecrypt(this.#keys.key, vector, bytes, from, cipherEnd);
    const padded = withoutPadding(plain);
    if (padded < 0) return null;
    let length = padded;
    if (!encryptsThenMacs) {
      length -= macLength;
      if (length < 0 || !this.#isMac(sequence, type, version, plain, 0, length, plain, length)) return null;
    }
    this.skip(bytes, start, cipherEnd);
    return plain.subarray(0, length);
  }

  /** TLS 1.0: the next record needs this one's last block, whether it was opened or not. */
  skip(bytes: Uint8Array, start: number, end: number): void {
    if (this.#vector !== null && end - start >= BLOCK) this.#vector = bytes.slice(end - BLOCK, end);
  }

  next(): null {
    return null;
  }

  #isMac(
    sequence: number,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    macBytes: Uint8Array,
    macAt: number,
  ): boolean {
    const { hash, macKey, macLength } = this.#keys;
    writeAdditional(this.#header, sequence, type, version, end - start);
    const mac = hmac(hash, macKey, this.#header, bytes.subarray(start, end));
    for (let at = 0; at < macLength; at++) if (mac[at] !== macBytes[macAt + at]) return false;
    return true;
  }
}

/** The length without padding: the last byte says how many equal bytes stand before it; -1 where they don't. */
function withoutPadding(plain: Uint8Array): number {
  const padding = plain[plain.length - 1]!;
  const end = plain.length - padding - 1;
  if (end < 0) return -1;
  for (let at = end; at < plain.length; at++) if (plain[at] !== padding) return -1;
  return end;
}
