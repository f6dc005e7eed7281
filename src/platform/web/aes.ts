/** AES-128 on single blocks: browsers have no ECB, and no cipher that returns its result at once. */
import { ecb } from '@noble/ciphers/aes.js';

/** @returns what encrypts a block of 16 bytes: the ECB of one block is the block cipher itself */
export function aes128(key: Uint8Array): (block: Uint8Array) => Uint8Array {
  // A cipher of noble can encrypt only once.
  return (block) => ecb(key, { disablePadding: true }).encrypt(block);
}
