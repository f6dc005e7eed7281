/**
 * Puts the handshake messages of one direction together (RFC 8446 §4): a record may hold several, and a message may need
 * several records.
 */
import type { TlsMark } from './facts.ts';

const HEADER = 4;
/**
 * A chain of certificates has a few kilobytes. Of a longer message only the type is told.
 * @bound bytes kept of a TLS handshake message that spans records: {bytes}
 */
const MAX_MESSAGE = 128 * 1024;

export interface MessageTaker {
  /**
   * A whole message. The body, `start` to `end`, is valid until the call returns; it is empty where the message is longer
   * than any is kept.
   */
  message(type: number, bytes: Uint8Array, start: number, end: number, mark: TlsMark): void;
}

const NAMES: Readonly<Record<number, string>> = {
  0: 'HelloRequest',
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  5: 'EndOfEarlyData',
  8: 'EncryptedExtensions',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  20: 'Finished',
  21: 'CertificateURL',
  22: 'CertificateStatus',
  23: 'SupplementalData',
  24: 'KeyUpdate',
  25: 'CompressedCertificate',
  67: 'NextProtocol',
};

/** As the RFCs call it; "handshake message 99" where they don't. */
export function messageName(type: number): string {
  return NAMES[type] ?? `handshake message ${type}`;
}

export class HandshakeReader {
  readonly #taker: MessageTaker;
  /** Of a message that spans records: header and body, as far as they came. */
  #held: Uint8Array | null = null;
  #heldBytes = 0;
  /** Of the message that is held, with its header; 0 while the header is not whole. */
  #length = 0;

  constructor(taker: MessageTaker) {
    this.#taker = taker;
  }

  /** A message has begun and is not whole. */
  get isInside(): boolean {
    return this.#heldBytes > 0;
  }

  /** Bytes are missing: the message that was begun is lost. */
  reset(): void {
    this.#held = null;
    this.#heldBytes = 0;
    this.#length = 0;
  }

  /** The contents of the next handshake record. */
  push(bytes: Uint8Array, start: number, end: number, mark: TlsMark): void {
    let at = start;
    while (at < end) {
      if (this.#heldBytes === 0 && end - at >= HEADER) {
        const length = HEADER + lengthAt(bytes, at);
        if (end - at >= length) {
          // A message may change what its direction's next bytes are: the taker sees it before they are read.
          this.#taker.message(bytes[at]!, bytes, at + HEADER, at + length, mark);
          at += length;
          continue;
        }
      }
      at = this.#hold(bytes, at, end, mark);
    }
  }

  #hold(bytes: Uint8Array, start: number, end: number, mark: TlsMark): number {
    this.#held ??= new Uint8Array(HEADER);
    if (this.#length === 0) {
      const take = Math.min(HEADER - this.#heldBytes, end - start);
      this.#held.set(bytes.subarray(start, start + take), this.#heldBytes);
      this.#heldBytes += take;
      if (this.#heldBytes < HEADER) return start + take;
      this.#length = HEADER + lengthAt(this.#held, 0);
      // Grows with what comes: a length may lie.
      if (this.#length === HEADER) this.#tell(mark);
      return start + take;
    }
    const take = Math.min(this.#length - this.#heldBytes, end - start);
    if (this.#length <= MAX_MESSAGE) {
      this.#makeRoom(take);
      this.#held.set(bytes.subarray(start, start + take), this.#heldBytes);
    }
    this.#heldBytes += take;
    if (this.#heldBytes === this.#length) this.#tell(mark);
    return start + take;
  }

  #makeRoom(more: number): void {
    const held = this.#held!;
    const needed = this.#heldBytes + more;
    if (needed <= held.length) return;
    const larger = new Uint8Array(Math.min(this.#length, Math.max(needed, 2 * held.length)));
    larger.set(held.subarray(0, this.#heldBytes));
    this.#held = larger;
  }

  #tell(mark: TlsMark): void {
    const held = this.#held!;
    const end = this.#length <= MAX_MESSAGE ? this.#length : HEADER;
    this.reset();
    this.#taker.message(held[0]!, held, HEADER, end, mark);
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
