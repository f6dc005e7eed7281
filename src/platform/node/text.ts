/** Bytes as text, by Node's Buffer: Latin-1, hexadecimal digits, base64. HOT: `latin1` runs once a head. */

/** The bytes as Latin-1: one character a byte. */
export function latin1(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** A Latin-1 text as a string of its own: a slice would keep the whole longer string in memory. */
export function copyOfLatin1(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** The same for a text of any characters. */
export function copyOfText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** @param digits an even number of hexadecimal digits */
export function bytesOfHex(digits: string): Uint8Array {
  return Buffer.from(digits, 'hex');
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** With or without padding, of either alphabet (RFC 4648 §4, §5); white space doesn't count. */
export function bytesOfBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
