/** Bytes as text where there is no Buffer: Latin-1, hexadecimal digits, base64. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** Every browser lets `String.fromCharCode` take this many arguments. */
const AT_ONCE = 8192;

/** The bytes as Latin-1: one character a byte. TextDecoder's "latin1" is another encoding (windows-1252). */
export function latin1(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  return ofCodeUnits(bytes.subarray(start, end));
}

/** A Latin-1 text as a string of its own: a slice would keep the whole longer string in memory. */
export function copyOfLatin1(text: string): string {
  return ofCodeUnits(bytesOfLatin1(text));
}

/** The same for a text of any characters. */
export function copyOfText(text: string): string {
  return ofCodeUnits(Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)));
}

export function hex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}

/** @param digits an even number of hexadecimal digits */
export function bytesOfHex(digits: string): Uint8Array {
  return hexToBytes(digits);
}

export function base64(bytes: Uint8Array): string {
  return btoa(ofCodeUnits(bytes));
}

/** With or without padding, of either alphabet (RFC 4648 §4, §5); white space doesn't count. */
export function bytesOfBase64(text: string): Uint8Array {
  const digits = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/[^A-Za-z\d+/]/g, '');
  // A single digit that is left over is not a byte.
  return bytesOfLatin1(atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits));
}

/** The low byte of each character. */
export function bytesOfLatin1(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

function ofCodeUnits(units: Uint8Array | Uint16Array): string {
  let text = '';
  for (let at = 0; at < units.length; at += AT_ONCE) {
    text += String.fromCharCode(...units.subarray(at, at + AT_ONCE));
  }
  return text;
}
