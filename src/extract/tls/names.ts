/** Names in TLS messages and certificates: each word becomes a pseudonym of the same length, that of the same name in HTTP. */
import { latin1 } from '#platform/text';
import { rewriteHost } from '../header-values.ts';
import type { Pseudonyms } from '../pseudonyms.ts';

const FILLER = 0x78;

/** Rewrites the bytes `start` to `end` in place. */
export function rewriteName(bytes: Uint8Array, start: number, end: number, pseudonyms: Pseudonyms): void {
  const text = latin1(bytes, start, end);
  const isHost = /^[\w*-]+(?:\.[\w*-]+)+\.?$/.test(text);
  const name = isHost ? hostOf(text, pseudonyms) : wordsOf(text, pseudonyms);
  for (let at = start; at < end; at++) {
    const code = name.length === end - start ? name.charCodeAt(at - start) : FILLER;
    bytes[at] = code;
  }
}

/** A wildcard stays one. */
function hostOf(text: string, pseudonyms: Pseudonyms): string {
  if (!text.includes('*')) return rewriteHost(text, pseudonyms);
  return text
    .split('.')
    .map((label) => (label === '*' || label === '' ? label : pseudonyms.word(label.toLowerCase())))
    .join('.');
}

/** Spaces and punctuation stay, and so does which words are the same. */
function wordsOf(text: string, pseudonyms: Pseudonyms): string {
  return text
    .replace(/[a-z0-9]+/gi, (word) => pseudonyms.word(word.toLowerCase()))
    .replace(/[^\x20-\x7e]/g, 'x');
}
