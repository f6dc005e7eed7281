/** What TLS needs of cryptography: that of browsers answers with promises, and has no CCM and no MD5. */
import { cbc, ctr, gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';

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

const HASHES = { md5, sha1, sha256, sha384 };
const BLOCK = 16;

export function aead(name: AeadName, keyBytes: Uint8Array, tagLength: number): OpenAead {
  const key = keyBytes.slice();
  return (nonce, additional, bytes, start, end) => {
    if (end - start < tagLength) return null;
    const sealed = bytes.subarray(start, end);
    if (name.endsWith('ccm')) return openCcm(key, nonce, additional, sealed, tagLength);
    const cipher =
      name === 'chacha20-poly1305' ? chacha20poly1305(key, nonce, additional) : gcm(key, nonce, additional);
    try {
      return cipher.decrypt(sealed);
    } catch {
      return null;
    }
  };
}

/** AES in CBC, without removing any padding; `start` to `end` are whole blocks. */
export function cbcDecrypt(
  key: Uint8Array,
  vector: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
): Uint8Array {
  return cbc(key, vector, { disablePadding: true }).decrypt(bytes.subarray(start, end));
}

/** Of two pieces, one behind the other. */
export function hmac(name: HmacName, key: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array {
  return nobleHmac.create(HASHES[name], key).update(first).update(second).digest();
}

/** AES-CCM (RFC 3610) of CTR and CBC, with a nonce of 12 bytes. */
function openCcm(
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
  tagLength: number,
): Uint8Array | null {
  // Counter 0 is the tag's, the contents begin with counter 1.
  const counter = new Uint8Array(BLOCK);
  counter[0] = BLOCK - 2 - nonce.length;
  counter.set(nonce, 1);
  const length = sealed.length - tagLength;
  const padded = new Uint8Array(BLOCK + length);
  padded.set(sealed.subarray(0, length), BLOCK);
  const stream = ctr(key, counter).decrypt(padded);
  const contents = stream.slice(BLOCK);
  const tag = ccmTag(key, nonce, additional, contents, tagLength);
  let difference = 0;
  for (let at = 0; at < tagLength; at++) difference |= tag[at]! ^ stream[at]! ^ sealed[length + at]!;
  return difference === 0 ? contents : null;
}

/** The CBC-MAC over lengths, additional data and contents (RFC 3610 §2.2). */
function ccmTag(
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  contents: Uint8Array,
  tagLength: number,
): Uint8Array {
  const head = new Uint8Array(Math.ceil((2 + additional.length) / BLOCK) * BLOCK);
  head.set([additional.length >> 8, additional.length & 0xff]);
  head.set(additional, 2);
  const blocks = new Uint8Array(BLOCK + head.length + Math.ceil(contents.length / BLOCK) * BLOCK);
  const lengthBytes = BLOCK - 1 - nonce.length;
  blocks[0] = 0x40 | (((tagLength - 2) / 2) << 3) | (lengthBytes - 1);
  blocks.set(nonce, 1);
  for (let at = 0; at < 4 && at < lengthBytes; at++) {
    blocks[BLOCK - 1 - at] = (contents.length >>> (8 * at)) & 0xff;
  }
  blocks.set(head, BLOCK);
  blocks.set(contents, BLOCK + head.length);
  return cbc(key, new Uint8Array(BLOCK), { disablePadding: true }).encrypt(blocks).subarray(-BLOCK);
}
