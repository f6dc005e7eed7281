/** Bounds on what a capture may claim, those of libpcap and Wireshark. */

/** MAXIMUM_SNAPLEN of libpcap: what a record may hold whatever the file's header says. */
export const DEFAULT_MAX_CAPTURED: number = 256 * 1024;
/** No record is larger, however large the snaplen in the file's header: libpcap's bound for the largest link types. */
export const ABSOLUTE_MAX_CAPTURED: number = 128 * 1024 * 1024;

/** The largest captured length that is believed in a file with this snaplen (0: none given). */
export function maxCapturedLength(snaplen: number): number {
  return Math.min(Math.max(DEFAULT_MAX_CAPTURED, snaplen), ABSOLUTE_MAX_CAPTURED);
}
