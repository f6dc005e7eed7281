/** What TLS needs of cryptography, by Node's crypto. */
import { createDecipheriv, createHmac, type CipherGCMTypes } from 'node:crypto';

export type AeadName = 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-ccm' | 'aes-256-ccm' | 'chacha20-poly1305';
export type HmacName = 'md5' | 'sha1' | 'sha256' | 'sha384';

/** Opens what is sealed with one key: ciphertext and tag, `start` to `end`; null where the tag is wrong. */
export type OpenAead = (
  nonce: Uint8Array,
  additional: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
) => Uint8Array | null;

export function aead(name: AeadName, keyBytes: Uint8Array, tagLength: number): OpenAead {
  // A KeyObject is no quicker than the bytes, and takes time to make.
  const key = keyBytes.slice();
  const isCcm = name.endsWith('ccm');
  const options = { authTagLength: tagLength };
  return (nonce, additional, bytes, start, end) => {
    const tagAt = end - tagLength;
    if (tagAt < start) return null;
    // The three kinds have one interface, but not in Node's types.
    const decipher = createDecipheriv(name as CipherGCMTypes, key, nonce, options);
    decipher.setAuthTag(viewOf(bytes, tagAt, end));
    if (isCcm) decipher.setAAD(additional, { plaintextLength: tagAt - start });
    else decipher.setAAD(additional);
    try {
      const opened = decipher.update(viewOf(bytes, start, tagAt));
      decipher.final();
      return opened;
    } catch {
      return null;
    }
  };
}

/** The same as `subarray`, which takes longer: it asks which class of array to make. */
function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** AES in CBC, without removing any padding; `start` to `end` are whole blocks. */
export function cbcDecrypt(
  key: Uint8Array,
  vector: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
): Uint8Array {
  const decipher = createDecipheriv(key.length === 16 ? 'aes-128-cbc' : 'aes-256-cbc', key, vector);
  return decipher.setAutoPadding(false).update(bytes.subarray(start, end));
}

/** Of two pieces, one behind the other. */
export function hmac(name: HmacName, key: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array {
  return createHmac(name, key).update(first).update(second).digest();
}
