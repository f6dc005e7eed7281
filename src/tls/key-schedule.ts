/**
 * From the secrets of a key log to the keys of records: HKDF-Expand-Label of TLS 1.3 (RFC 8446 §7.1, §7.3) and the PRF of TLS
 * 1.0 to 1.2 (RFC 5246 §5, RFC 2246 §5). Both are a few lines over HMAC.
 */
import { hmac, type HmacName } from '#platform/tls-crypto';
import { joinBytes } from '../basics/join-bytes.ts';

const NOTHING = new Uint8Array(0);

/** @param length at most that of the hash */
export function expandLabel(
  hash: HmacName,
  secret: Uint8Array,
  label: string,
  length: number,
): Uint8Array<ArrayBuffer> {
  const key = `${label} ${length}`;
  let info = infos.get(key);
  if (info === undefined) infos.set(key, (info = infoOf(label, length)));
  return new Uint8Array(hmac(hash, secret, info, NOTHING).subarray(0, length));
}

/** By label and length: there are four. */
const infos = new Map<string, Uint8Array>();

/** HkdfLabel (RFC 8446 §7.1), and behind it the number of HKDF's one block (RFC 5869 §2.3). */
function infoOf(label: string, length: number): Uint8Array {
  const name = ascii(`tls13 ${label}`);
  const info = new Uint8Array(2 + 1 + name.length + 1 + 1);
  info[0] = length >> 8;
  info[1] = length & 0xff;
  info[2] = name.length;
  info.set(name, 3);
  // No context.
  info[info.length - 1] = 1;
  return info;
}

/** The bytes from which TLS 1.0 to 1.2 cut the keys of both sides (RFC 5246 §6.3). */
export function keyBlock(
  hash: 'sha256' | 'sha384' | 'md5-sha1',
  masterSecret: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const seed = joinBytes(ascii('key expansion'), joinBytes(serverRandom, clientRandom));
  if (hash !== 'md5-sha1') return expand(hash, masterSecret, seed, length);
  // RFC 2246 §5: the halves of the secret overlap where its length is odd; that of a master secret is even.
  const half = masterSecret.length / 2;
  const block = expand('md5', masterSecret.subarray(0, half), seed, length);
  const other = expand('sha1', masterSecret.subarray(half), seed, length);
  return block.map((byte, at) => byte ^ other[at]!);
}

/** P_hash (RFC 5246 §5). */
function expand(
  hash: HmacName,
  secret: Uint8Array,
  seed: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(length);
  let chain = seed;
  for (let at = 0; at < length;) {
    chain = hmac(hash, secret, chain, NOTHING);
    const part = hmac(hash, secret, chain, seed);
    output.set(part.subarray(0, length - at), at);
    at += part.length;
  }
  return output;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
