/** Undoes the masking of a payload (RFC 6455 §5.3) into a buffer of its own: what was captured stays as it is. HOT. */

/** Bytes taken at a time: the scratch stays in the processor's cache. */
export const UNMASK_CHUNK = 16384;
/** Below this a loop over bytes is quicker than setting up the wide one. */
const WIDE_FROM = 48;

const scratchWords = new Int32Array(UNMASK_CHUNK / 4);
const scratch = new Uint8Array(scratchWords.buffer);
/**
 * The key, turned so that its first byte is for the chunk's first byte; as bytes, and as one word of this
 * machine.
 */
const keyWord = new Int32Array(1);
const key = new Uint8Array(keyWord.buffer);

/**
 * Unmasks at most {@link UNMASK_CHUNK} bytes. `mask` is the key, big-endian; `index` is the index of the
 * first byte within the payload. The result is valid until the next call.
 */
export function unmask(
  bytes: Uint8Array,
  start: number,
  end: number,
  mask: number,
  index: number,
): Uint8Array {
  const length = end - start;
  for (let i = 0; i < 4; i++) key[i] = mask >>> (24 - 8 * ((index + i) & 3));
  if (length < WIDE_FROM) {
    for (let i = 0; i < length; i++) scratch[i] = bytes[start + i]! ^ key[i & 3]!;
    return scratch;
  }
  scratch.set(bytes.subarray(start, end));
  const word = keyWord[0]!;
  const words = (length + 3) >> 2;
  for (let i = 0; i < words; i++) scratchWords[i]! ^= word;
  return scratch;
}
