/** The header of a TLS record (RFC 8446 §5.1): content type, version, length. */

export const RECORD_HEADER = 5;
/** RFC 5246 §6.2.3: no record is longer; those of TLS 1.3 are at most 1792 bytes shorter. */
export const MAX_RECORD: number = 2 ** 14 + 2048;

export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
/** RFC 6520. */
const HEARTBEAT = 24;

/** Whether the bytes at `at`, of which there are at least five, can be a record's header. */
export function isRecordHeader(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at]!;
  if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT) return false;
  if (bytes[at + 1] !== 3 || bytes[at + 2]! > 4) return false;
  return lengthOf(bytes, at) <= MAX_RECORD;
}

/** Of the record's contents. */
export function lengthOf(bytes: Uint8Array, at: number): number {
  return (bytes[at + 3]! << 8) | bytes[at + 4]!;
}

/** Two bytes as one number, such as 0x0303. */
export function versionOf(bytes: Uint8Array, at: number): number {
  return (bytes[at + 1]! << 8) | bytes[at + 2]!;
}
