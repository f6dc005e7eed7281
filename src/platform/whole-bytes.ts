/** What the two platforms share of reading a capture once more. */

/**
 * Compressed captures with more inside are not read once more: their keys count only where they stand in front of the packets.
 * @bound unpacked bytes of a capture that is read once more for its keys: {bytes}
 */
export const MAX_UNPACKED: number = 512 * 1024 * 1024;
