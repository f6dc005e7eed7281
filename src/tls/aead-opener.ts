/**
 * Opens records that an AEAD protects: TLS 1.3 (RFC 8446 §5.2, §5.3), and AES-GCM (RFC 5288), AES-CCM (RFC 6655) and
 * ChaCha20-Poly1305 (RFC 7905) in TLS 1.2. HOT: runs once per record.
 */
import { aead, type AeadName, type OpenAead } from '#platform/tls-crypto';
import type { SuiteProtection } from './cipher-suites.ts';
import { expandLabel } from './key-schedule.ts';
import type { RecordOpener } from './protection.ts';
import { RECORD_HEADER } from './record-header.ts';

const NONCE = 12;
/** TLS 1.2, GCM and CCM: the rest of the nonce stands in front of each record's ciphertext. */
const EXPLICIT_NONCE = 8;
const SALT = NONCE - EXPLICIT_NONCE;
/** TLS 1.2: number, type, version and length of the contents are authenticated. */
const ADDITIONAL = 13;
const TWO_TO_32 = 4294967296;

function nameOf({ kind, keyLength }: SuiteProtection): AeadName {
  if (kind === 'chacha20') return 'chacha20-poly1305';
  const bits = keyLength === 16 ? '128' : '256';
  return kind === 'ccm' ? `aes-${bits}-ccm` : `aes-${bits}-gcm`;
}

/** Records of TLS 1.3. */
export class ModernOpener implements RecordOpener {
  readonly overhead: number;
  readonly smallestRecord: number;
  readonly #protection: SuiteProtection;
  readonly #secret: Uint8Array;
  readonly #open: OpenAead;
  readonly #vector: Uint8Array;
  readonly #nonce: Uint8Array;
  readonly #additional = new Uint8Array(RECORD_HEADER);

  /** @param secret a traffic secret */
  constructor(protection: SuiteProtection, secret: Uint8Array) {
    const { hash, keyLength, tagLength } = protection;
    this.#protection = protection;
    this.#secret = secret;
    this.#open = aead(nameOf(protection), expandLabel(hash, secret, 'key', keyLength), tagLength);
    this.#vector = expandLabel(hash, secret, 'iv', NONCE);
    this.#nonce = this.#vector.slice();
    // The type of the contents stands behind them.
    this.overhead = 1 + tagLength;
    this.smallestRecord = RECORD_HEADER + this.overhead;
  }

  open(
    sequence: number,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Uint8Array | null {
    numberNonce(this.#nonce, this.#vector, sequence);
    const header = this.#additional;
    header[0] = type;
    header[1] = version >> 8;
    header[2] = version & 0xff;
    header[3] = (end - start) >> 8;
    header[4] = (end - start) & 0xff;
    return this.#open(this.#nonce, header, bytes, start, end);
  }

  /** RFC 8446 §7.2. */
  next(): RecordOpener {
    const { hash } = this.#protection;
    return new ModernOpener(
      this.#protection,
      expandLabel(hash, this.#secret, 'traffic upd', this.#secret.length),
    );
  }
}

/** Records of TLS 1.2. */
export class ClassicAeadOpener implements RecordOpener {
  readonly overhead: number;
  readonly smallestRecord: number;
  readonly #tagLength: number;
  readonly #isExplicit: boolean;
  readonly #open: OpenAead;
  readonly #vector: Uint8Array;
  readonly #nonce = new Uint8Array(NONCE);
  readonly #additional = new Uint8Array(ADDITIONAL);

  /** @param vector of {@link vectorLength} bytes */
  constructor(protection: SuiteProtection, key: Uint8Array, vector: Uint8Array) {
    this.#tagLength = protection.tagLength;
    this.#isExplicit = protection.kind !== 'chacha20';
    this.#open = aead(nameOf(protection), key, protection.tagLength);
    this.#vector = vector;
    this.#nonce.set(vector);
    this.overhead = (this.#isExplicit ? EXPLICIT_NONCE : 0) + protection.tagLength;
    this.smallestRecord = RECORD_HEADER + this.overhead;
  }

  /** Of the part of a nonce that the key block gives. */
  static vectorLength({ kind }: SuiteProtection): number {
    return kind === 'chacha20' ? NONCE : SALT;
  }

  open(
    sequence: number,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Uint8Array | null {
    let from = start;
    if (this.#isExplicit) {
      from = start + EXPLICIT_NONCE;
      if (from > end) return null;
      for (let at = 0; at < EXPLICIT_NONCE; at++) this.#nonce[SALT + at] = bytes[start + at]!;
    } else numberNonce(this.#nonce, this.#vector, sequence);
    const length = end - from - this.#tagLength;
    if (length < 0) return null;
    writeAdditional(this.#additional, sequence, type, version, length);
    return this.#open(this.#nonce, this.#additional, bytes, from, end);
  }

  next(): null {
    return null;
  }
}

/** The vector with the number of the record added to its end by exclusive or. */
function numberNonce(nonce: Uint8Array, vector: Uint8Array, sequence: number): void {
  const low = sequence >>> 0;
  nonce[NONCE - 1] = vector[NONCE - 1]! ^ (low & 0xff);
  nonce[NONCE - 2] = vector[NONCE - 2]! ^ ((low >>> 8) & 0xff);
  nonce[NONCE - 3] = vector[NONCE - 3]! ^ ((low >>> 16) & 0xff);
  nonce[NONCE - 4] = vector[NONCE - 4]! ^ (low >>> 24);
  const high = sequence < TWO_TO_32 ? 0 : Math.floor(sequence / TWO_TO_32);
  for (let at = NONCE - 5, left = high; at >= NONCE - 8; at--, left >>>= 8) {
    nonce[at] = vector[at]! ^ (left & 0xff);
  }
}

/** What TLS 1.2 authenticates beside the contents (RFC 5246 §6.2.3.1, §6.2.3.3). */
export function writeAdditional(
  into: Uint8Array,
  sequence: number,
  type: number,
  version: number,
  length: number,
): void {
  const high = Math.floor(sequence / TWO_TO_32);
  for (let at = 0; at < 4; at++) {
    into[at] = high >>> (24 - 8 * at);
    into[4 + at] = sequence >>> (24 - 8 * at);
  }
  into[8] = type;
  into[9] = version >> 8;
  into[10] = version & 0xff;
  into[11] = length >> 8;
  into[12] = length & 0xff;
}
