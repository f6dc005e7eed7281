/**
 * Reads unsigned integers by shifts, for headers that are rare; `viewOf` is faster for what is read once per packet.
 * The caller has checked that the bytes are there.
 */

export function readUint16(data: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian ? data[at]! | (data[at + 1]! << 8) : (data[at]! << 8) | data[at + 1]!;
}

export function readUint32(data: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian
    ? (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)) >>> 0
    : ((data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!) >>> 0;
}
