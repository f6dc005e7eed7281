/** SHA-1 of a short text: browsers have no SHA-1 that returns its result at once. */
import { sha1 } from '@noble/hashes/legacy.js';
import { base64, bytesOfLatin1 } from './text.ts';

/** In base64, of a text's Latin-1 bytes. */
export function sha1OfLatin1(text: string): string {
  return base64(sha1(bytesOfLatin1(text)));
}
