/** The Internet checksum (RFC 1071), of IPv4 headers and of TCP with its pseudo-header (RFC 9293 §3.1, RFC 8200 §8.1). */

/**
 * One's complement sum of 16-bit words, not yet inverted. An odd last byte counts as the high byte of a word.
 */
export function sumOf(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  let sum = initial;
  let at = start;
  for (; at + 1 < end; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!;
  if (at < end) sum += bytes[at]! << 8;
  return folded(sum);
}

function folded(sum: number): number {
  let result = sum;
  while (result > 0xffff) result = (result & 0xffff) + Math.floor(result / 0x10000);
  return result;
}

/** The checksum for this sum, in which the checksum field itself counted as 0. */
export function checksumOf(sum: number): number {
  return ~folded(sum) & 0xffff;
}

/**
 * The sum of a TCP segment's pseudo-header.
 *
 * @param addresses source and destination, 4 or 16 bytes each
 * @param length of the segment, header included
 */
export function pseudoHeaderSum(addresses: Uint8Array, length: number): number {
  const TCP = 6;
  return folded(sumOf(addresses, 0, addresses.length) + TCP + (length >>> 16) + (length & 0xffff));
}
