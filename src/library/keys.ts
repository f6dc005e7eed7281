/** Keys of TLS connections as callers of the library hand them over. */
import { namedKeys, type NamedKeys } from '../tls/key-source.ts';

/** @param keys texts of key logs, as bytes */
export function keysOf(keys: Uint8Array | readonly Uint8Array[]): NamedKeys[] {
  const texts = keys instanceof Uint8Array ? [keys] : keys;
  if (!Array.isArray(texts) || !texts.every((text) => text instanceof Uint8Array)) {
    throw new TypeError('analyze: keys are the bytes of a key log (Uint8Array), or a list of them');
  }
  return texts.map((text, at) => namedKeys(texts.length === 1 ? 'keys' : `keys ${at + 1}`, [text]));
}
