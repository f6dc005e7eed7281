/** Packets -> a classic pcap file. https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/ */
import { linkTypeName } from '../basics/link-types.ts';
import { FormatError, type ByteSink, type PacketWriter, type WrittenPacket } from './packet-writer.ts';

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/**
 * tcpdump's value. Readers take it for the largest captured length, so a file with a longer packet has a
 * larger one.
 */
const SNAPLEN = 262_144;
const LINKTYPE_ETHERNET = 1;

export interface PcapOptions {
  /** Times to the nanosecond; otherwise to the microsecond. */
  readonly nanoseconds: boolean;
  /** The longest captured length that will come; default: what tcpdump captures. */
  readonly snaplen?: number;
}

export class PcapWriter implements PacketWriter {
  readonly #sink: ByteSink;
  readonly #options: PcapOptions;
  readonly #record = Buffer.alloc(RECORD_HEADER);
  #linkType: number | null = null;

  constructor(sink: ByteSink, options: PcapOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** @throws FormatError for a second link type, or a time before 1970 or after 2106 */
  packet({ bytes, originalLength, seconds, nanoseconds, linkType }: WrittenPacket): void {
    if (this.#linkType === null) this.#header(linkType);
    else if (linkType !== this.#linkType) {
      const names = `${linkTypeName(this.#linkType)} and ${linkTypeName(linkType)}`;
      throw new FormatError(`the packets are of link types ${names}, and a pcap file holds one`);
    }
    if (seconds < 0 || seconds > 0xffffffff) {
      throw new FormatError('a packet has a time before 1970 or after 2106, which a pcap file can not hold');
    }
    const record = this.#record;
    record.writeUInt32LE(seconds, 0);
    record.writeUInt32LE(this.#options.nanoseconds ? nanoseconds : Math.floor(nanoseconds / 1000), 4);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(originalLength, 12);
    this.#sink(record);
    this.#sink(bytes);
  }

  end(): void {
    if (this.#linkType === null) this.#header(LINKTYPE_ETHERNET);
  }

  #header(linkType: number): void {
    this.#linkType = linkType;
    const { nanoseconds, snaplen = SNAPLEN } = this.#options;
    const header = Buffer.alloc(FILE_HEADER);
    header.writeUInt32LE(nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(Math.max(snaplen, SNAPLEN), 16);
    header.writeUInt32LE(linkType, 20);
    this.#sink(header);
  }
}
