/**
 * Whether bytes, masked or not, are ASCII (and so UTF-8). Most texts are, and this neither unmasks nor copies
 * them. HOT: runs once per text frame and segment.
 */

/** Below this a loop over bytes is quicker than finding the words. */
const WIDE_FROM = 16;
const TOP_BIT = 0x80;
const TOP_BITS = 0x80808080 | 0;

/** A buffer as words. */
interface Words {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Index in the bytes of the first word. */
  readonly firstAt: number;
}

/**
 * The last two buffers that were asked about. A chunk of the capture is asked about thousands of times before
 * the next chunk comes, and inflated bytes are in the same buffer every time.
 */
let latest: Words = { bytes: new Uint8Array(0), words: new Int32Array(0), firstAt: 0 };
let earlier: Words = latest;

/** Puts a key's bytes in the order of memory, whatever that is. */
const keyWord = new Int32Array(1);
const keyBytes = new Uint8Array(keyWord.buffer);

/**
 * @param mask the key, big-endian, 0 for none
 * @param index the index of the first byte within the payload: it decides which byte of the key comes first
 */
export function isAscii(bytes: Uint8Array, start: number, end: number, mask: number, index: number): boolean {
  // The byte at `at` was masked with byte (at - turn) & 3 of the key.
  const turn = (start - index) & 3;
  if (end - start < WIDE_FROM) return isAsciiByBytes(bytes, start, end, mask, turn);
  if (bytes !== latest.bytes) findWords(bytes);
  const { words, firstAt: firstWordAt } = latest;
  const first = (start - firstWordAt + 3) >> 2;
  const last = (end - firstWordAt) >> 2;
  const wordsFrom = firstWordAt + (first << 2);
  const wordsTo = firstWordAt + (last << 2);
  if (mask !== 0) {
    for (let i = 0; i < 4; i++) keyBytes[i] = mask >>> (24 - 8 * ((wordsFrom + i - turn) & 3));
  }
  const key = mask === 0 ? 0 : keyWord[0]!;
  let all = 0;
  let word = first;
  // Four at a time: the bounds checks stay, but the loop's own cost is a quarter.
  for (; word + 3 < last; word += 4) {
    all |=
      (words[word]! ^ key) | (words[word + 1]! ^ key) | (words[word + 2]! ^ key) | (words[word + 3]! ^ key);
  }
  for (; word < last; word++) all |= words[word]! ^ key;
  return (
    (all & TOP_BITS) === 0 &&
    isAsciiByBytes(bytes, start, wordsFrom, mask, turn) &&
    isAsciiByBytes(bytes, wordsTo, end, mask, turn)
  );
}

function isAsciiByBytes(bytes: Uint8Array, start: number, end: number, mask: number, turn: number): boolean {
  let all = 0;
  for (let at = start; at < end; at++) all |= bytes[at]! ^ (mask >>> (24 - 8 * ((at - turn) & 3)));
  return (all & TOP_BIT) === 0;
}

function findWords(bytes: Uint8Array): void {
  const found = bytes === earlier.bytes ? earlier : wordsOf(bytes);
  earlier = latest;
  latest = found;
}

function wordsOf(bytes: Uint8Array): Words {
  const firstAt = -bytes.byteOffset & 3;
  const length = Math.max(0, (bytes.length - firstAt) >> 2);
  // So few bytes may hold no aligned word; then the first aligned byte may lie behind their end.
  const words =
    length === 0 ? new Int32Array(0) : new Int32Array(bytes.buffer, bytes.byteOffset + firstAt, length);
  return { bytes, words, firstAt };
}
