/**
 * The 24 bytes at the start of a classic pcap file, in both byte orders and all the variants that share the record
 * walk. https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/ (and libpcap's sf-pcap.c for the oldest versions).
 */
import { CaptureError } from './capture-error.ts';
import { maxCapturedLength } from './capture-limits.ts';
import { readUint16, readUint32 } from './read-integers.ts';

export const PCAP_FILE_HEADER_LENGTH = 24;

export const PCAP_MAGIC_MICROSECONDS = 0xa1b2c3d4;
const PCAP_MAGIC_NANOSECONDS = 0xa1b23c4d;
/** Alexey Kuznetzov's patched libpcap: eight more bytes (interface, protocol, packet type) in a record header. */
const PCAP_MAGIC_MODIFIED = 0xa1b2cd34;

const VERSION_MAJOR_AT = 4;
const VERSION_MINOR_AT = 6;
const SNAPLEN_AT = 16;
const LINK_TYPE_AT = 20;
/** The rest of the field holds the FCS length and flags. */
const LINK_TYPE_MASK = 0xffff;

const RECORD_HEADER_LENGTH = 16;
const MODIFIED_RECORD_HEADER_LENGTH = 24;

/** DG/UX tcpdump writes "543.0" and swaps the lengths like versions before 2.3. */
const DGUX_VERSION_MAJOR = 543;

export interface PcapFileHeader {
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly recordHeaderLength: number;
  readonly maxCaptured: number;
  readonly linkType: number;
  /**
   * Before version 2.3, the original length came first. In 2.3 the order may be either (the captured length is the
   * smaller).
   */
  readonly lengthOrder: 'captured-first' | 'original-first' | 'either';
}

/** Byte order and variant, as the magic says; undefined if it isn't a magic of pcap. */
export function pcapMagic(bytes: Uint8Array): { littleEndian: boolean; magic: number } | undefined {
  if (bytes.length < 4) return undefined;
  for (const littleEndian of [true, false]) {
    const magic = readUint32(bytes, 0, littleEndian);
    if (
      magic === PCAP_MAGIC_MICROSECONDS ||
      magic === PCAP_MAGIC_NANOSECONDS ||
      magic === PCAP_MAGIC_MODIFIED
    ) {
      return { littleEndian, magic };
    }
  }
  return undefined;
}

/** @param bytes at least 24, which begin with one of the magics */
export function parsePcapFileHeader(bytes: Uint8Array, path: string): PcapFileHeader {
  const found = pcapMagic(bytes);
  if (found === undefined) throw new CaptureError(path, 'is not a pcap file', 0);
  const { littleEndian, magic } = found;
  const major = readUint16(bytes, VERSION_MAJOR_AT, littleEndian);
  const minor = readUint16(bytes, VERSION_MINOR_AT, littleEndian);
  // As lax as libpcap: any minor version, since none after 2.4 was ever written.
  if (major !== 2 && !(major === DGUX_VERSION_MAJOR && minor === 0)) {
    throw new CaptureError(
      path,
      `is a pcap file of version ${major}.${minor}, and only 2.x is known: its header is damaged, or convert it with editcap -F pcap`,
      VERSION_MAJOR_AT,
    );
  }
  return {
    littleEndian,
    nanoseconds: magic === PCAP_MAGIC_NANOSECONDS,
    recordHeaderLength: magic === PCAP_MAGIC_MODIFIED ? MODIFIED_RECORD_HEADER_LENGTH : RECORD_HEADER_LENGTH,
    maxCaptured: maxCapturedLength(readUint32(bytes, SNAPLEN_AT, littleEndian)),
    linkType: readUint32(bytes, LINK_TYPE_AT, littleEndian) & LINK_TYPE_MASK,
    lengthOrder:
      major === DGUX_VERSION_MAJOR || minor < 3
        ? 'original-first'
        : minor === 3
          ? 'either'
          : 'captured-first',
  };
}
