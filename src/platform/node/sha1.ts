/** SHA-1 of a short text, by Node's one-shot hash. */
import { hash } from 'node:crypto';

/** In base64, of a text's Latin-1 bytes: given the string itself, `hash` would take its UTF-8 bytes. */
export function sha1OfLatin1(text: string): string {
  return hash('sha1', Buffer.from(text, 'latin1'), 'base64');
}
