/** The largest lengths that a capture may claim; the same bounds as in libpcap and Wireshark. */

/**
 * MAXIMUM_SNAPLEN of libpcap: a record may hold this much even if the snaplen in the file's header is smaller.
 * @bound captured length of a packet: {bytes} where the file names no snapshot length
 */
export const DEFAULT_MAX_CAPTURED: number = 256 * 1024;
/**
 * No record may be larger, even if the snaplen in the file's header is: libpcap's bound for its largest link types.
 * @bound captured length of a packet: the file's snapshot length, at most {bytes}
 */
export const ABSOLUTE_MAX_CAPTURED: number = 128 * 1024 * 1024;

/** The largest captured length that is accepted in a file with this snaplen (0: the file gives none). */
export function maxCapturedLength(snaplen: number): number {
  return Math.min(Math.max(DEFAULT_MAX_CAPTURED, snaplen), ABSOLUTE_MAX_CAPTURED);
}
