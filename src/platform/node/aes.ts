/** AES-128 on single blocks, by Node's crypto. */
import { createCipheriv } from 'node:crypto';

/** @returns what encrypts a block of 16 bytes: the ECB of one block is the block cipher itself */
export function aes128(key: Uint8Array): (block: Uint8Array) => Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return (block) => cipher.update(block);
}
