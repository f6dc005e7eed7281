/** The records of TLS 1.3 with AES-128-GCM (RFC 8446 §5, §7.3), made from traffic secrets that are invented. */
import { createCipheriv, createHmac } from 'node:crypto';

export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;

const HEADER = 5;
const TAG = 16;
/** The largest plaintext of a record. */
const LARGEST = 16_384;

export const closeNotify = Buffer.from([1, 0]);
export const changeCipherSpec = Buffer.from([CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 1]);

/** HKDF-Expand-Label with an empty context, for up to 32 bytes (RFC 8446 §7.1). */
export function expandLabel(secret, label, length) {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0])]);
  return createHmac('sha256', secret)
    .update(info)
    .update(Buffer.from([1]))
    .digest()
    .subarray(0, length);
}

/** The nonce of a record: its number, as 64 bits, over the end of the iv. */
export function nonceOf(iv, number) {
  const nonce = Buffer.from(iv);
  for (let i = 0, left = number; left > 0; i++, left = Math.floor(left / 256)) nonce[11 - i] ^= left & 0xff;
  return nonce;
}

/** What one side sends under one traffic secret. */
export class RecordWriter {
  #key;
  #iv;
  #number = 0;

  /** @param {Buffer} secret */
  constructor(secret) {
    this.#key = expandLabel(secret, 'key', 16);
    this.#iv = expandLabel(secret, 'iv', 12);
  }

  /** @returns {Buffer} the bytes in as many records as they need */
  applicationData(bytes) {
    if (bytes.length <= LARGEST) return this.#record(APPLICATION_DATA, bytes);
    const records = [];
    for (let at = 0; at < bytes.length; at += LARGEST) {
      records.push(this.#record(APPLICATION_DATA, bytes.subarray(at, at + LARGEST)));
    }
    return Buffer.concat(records);
  }

  handshake(messages) {
    return this.#record(HANDSHAKE, messages);
  }

  alert(bytes) {
    return this.#record(ALERT, bytes);
  }

  /** The type stands behind the content, and what is outside says application data and version 1.2. */
  #record(type, content) {
    const record = Buffer.allocUnsafe(HEADER + content.length + 1 + TAG);
    record[0] = APPLICATION_DATA;
    record.writeUInt16BE(0x0303, 1);
    record.writeUInt16BE(record.length - HEADER, 3);
    const cipher = createCipheriv('aes-128-gcm', this.#key, nonceOf(this.#iv, this.#number++));
    cipher.setAAD(record.subarray(0, HEADER));
    const inner = Buffer.allocUnsafe(content.length + 1);
    content.copy(inner);
    inner[content.length] = type;
    cipher.update(inner).copy(record, HEADER);
    cipher.final();
    cipher.getAuthTag().copy(record, record.length - TAG);
    return record;
  }
}

/** A record in clear. */
export function plainRecord(type, content) {
  return Buffer.concat([Buffer.from([type, 3, 3, content.length >> 8, content.length & 0xff]), content]);
}
