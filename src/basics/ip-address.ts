/** IP addresses as text. */

/**
 * The texts made last, found by the lowest bits of the address: a capture names the same few addresses again and
 * again.
 */
const CACHE_SIZE = 256;
const cachedAddresses = new Int32Array(CACHE_SIZE);
const cachedTexts: string[] = new Array<string>(CACHE_SIZE).fill('0.0.0.0');

/** Dotted decimal. `address` holds the 32 bits, signed or not. */
export function formatIPv4(address: number): string {
  const slot = address & (CACHE_SIZE - 1);
  if (cachedAddresses[slot] !== (address | 0)) {
    cachedAddresses[slot] = address;
    cachedTexts[slot] = dotted(address);
  }
  return cachedTexts[slot]!;
}

function dotted(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`;
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as `::`. */
export function formatIPv6(words: ArrayLike<number>, at = 0): string {
  const groups: number[] = [];
  for (let word = 0; word < 4; word++) {
    const bits = words[at + word]!;
    groups.push(bits >>> 16, bits & 0xffff);
  }
  // IPv4-mapped addresses read better with their IPv4 part (RFC 5952 §5).
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatIPv4(words[at + 3]!)}`;
  }
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > runLength) {
      runStart = i;
      runLength = length;
    }
    i += length;
  }
  const hex = groups.map((group) => group.toString(16));
  if (runStart < 0) return hex.join(':');
  return `${hex.slice(0, runStart).join(':')}::${hex.slice(runStart + runLength).join(':')}`;
}
