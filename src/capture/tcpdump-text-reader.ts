/**
 * Reads what tcpdump prints with `-x`, `-xx`, `-X` or `-XX`, as people paste it into tickets: text in, packets out.
 * Other lines (banners, `-v`'s second line, code fences) are skipped. Not hot, but linear.
 */
import { BoundedNotes } from './bounded-notes.ts';
import { CaptureError } from './capture-error.ts';
import { DEFAULT_MAX_CAPTURED } from './capture-limits.ts';
import type { CaptureFacts, CaptureReader } from './capture-reader.ts';
import { LINKTYPE_RAW, linkTypeFromName } from '../basics/link-types.ts';
import type { PacketHandler } from './packet-handler.ts';
import { TextLines } from './text-lines.ts';
import { isEarlier, mayBeDeltas, TcpdumpClock } from './tcpdump-clock.ts';
import { type HeaderLine, parseHeaderLine, type TimeStyle } from './tcpdump-header-line.ts';
import { BYTES_PER_HEX_LINE, parseHexLine } from './tcpdump-hex-line.ts';
import { findDumpStart } from './tcpdump-link-layer.ts';

/**
 * After this many bytes without a line of tcpdump's output, the file is some other text.
 * @bound bytes before the first packet text: {bytes}
 */
const MAX_FOREIGN_BYTES = 1024 * 1024;
/**
 * Packets that wait until it is known whether times are deltas. At this bound they count as not.
 * @bound packets that wait until the link layer of a text is known: {count}
 */
const MAX_QUEUED_PACKETS = 256;
/** @bound packets that wait until the link layer of a text is known: {bytes} */
const MAX_QUEUED_BYTES = 1024 * 1024;

/** Printed by Wireshark, `od`, `xxd`: offset without 0x, then single bytes or groups. */
const OTHER_HEX_DUMP = /^[0-9a-f]{4,8}:? {1,3}(?:[0-9a-f]{2} ?){8}/i;
const LINK_TYPE_BANNER = /link-type (\w{1,40})/;
const BANNER = /^(?:tcpdump: )?(?:listening on|reading from file) /;

interface QueuedPacket {
  readonly header: HeaderLine | undefined;
  readonly data: Uint8Array;
}

export class TcpdumpTextReader implements CaptureReader {
  readonly finished = false;
  private readonly handler: PacketHandler;
  private readonly path: string;
  private readonly notes: BoundedNotes;
  private readonly lines: TextLines;
  private readonly clock = new TcpdumpClock();
  private readonly linkTypes = new Set<number>();
  private readonly styles = new Set<TimeStyle>();
  private digits: number | undefined;
  private bytesSeen = 0;
  private packets = 0;
  private sawOtherHexDump = false;

  /** A header line whose dump has not come yet. */
  private waiting: HeaderLine | undefined;
  /** The dump being read, and the header line above it. */
  private isInDump = false;
  private dumpHeader: HeaderLine | undefined;
  private dump: Uint8Array = new Uint8Array(2048);
  private dumpLength = 0;
  private dumpIsCut = false;

  /**
   * For a dump without an IP header, such as ARP's: the link type of the dump before, or the one in tcpdump's banner.
   */
  private likelyLinkType = LINKTYPE_RAW;
  private dumps = 0;
  private packetsWithoutDump = 0;
  private packetsWithoutTime = 0;
  /** Packets that wait until it is known whether their times are deltas; undefined once it is known. */
  private queue: QueuedPacket[] | undefined = [];
  private queuedBytes = 0;

  constructor(handler: PacketHandler, path: string) {
    this.handler = handler;
    this.path = path;
    this.notes = new BoundedNotes(handler);
    this.lines = new TextLines((line) => {
      this.line(line);
    });
  }

  get facts(): CaptureFacts {
    const digits = this.digits ?? 6;
    return {
      format: 'tcpdump-text',
      linkTypes: [...this.linkTypes],
      timestampResolution: digits === 0 ? 's' : digits <= 3 ? 'ms' : digits <= 6 ? 'us' : 'ns',
    };
  }

  write(chunk: Uint8Array): void {
    this.lines.write(chunk);
    this.bytesSeen += chunk.length;
    const nothingYet = this.dumps === 0 && !this.isInDump && this.styles.size === 0;
    if (this.bytesSeen > MAX_FOREIGN_BYTES && nothingYet) {
      throw this.nothingFound();
    }
  }

  end(): void {
    this.lines.end();
    this.finishDump();
    this.giveUpWaiting();
    if (this.dumps === 0) throw this.nothingFound();
    this.releaseQueue(false);
    this.noteWhatIsMissing();
    this.notes.flush();
  }

  private line(line: string): void {
    const hex = parseHexLine(line);
    if (hex !== undefined) {
      this.hexLine(hex.offset, hex.bytes);
      return;
    }
    if (line === '') return;
    const header = parseHeaderLine(line);
    if (header !== undefined) this.headerLine(header);
    else if (BANNER.test(line)) {
      const name = LINK_TYPE_BANNER.exec(line)?.[1];
      this.likelyLinkType = (name === undefined ? undefined : linkTypeFromName(name)) ?? this.likelyLinkType;
    } else if (!this.sawOtherHexDump) this.sawOtherHexDump = OTHER_HEX_DUMP.test(line);
  }

  private headerLine(header: HeaderLine): void {
    // If packets have times, a line without one is part of a packet's text (-v), even if it looks like a header line.
    if (header.style === 'none' && this.styles.size > 0 && !this.styles.has('none')) return;
    if (!header.isCertain) {
      if (this.waiting?.isCertain !== true) this.waiting = header;
      return;
    }
    this.finishDump();
    this.giveUpWaiting();
    this.waiting = header;
    this.styles.add(header.style);
  }

  private hexLine(offset: number, bytes: readonly number[]): void {
    if (offset === 0) {
      this.finishDump();
      this.isInDump = true;
      this.dumpHeader = this.waiting;
      this.waiting = undefined;
      this.dumpLength = 0;
      this.dumpIsCut = false;
      if (this.dumpHeader !== undefined) this.styles.add(this.dumpHeader.style);
    }
    // Without its first line (for which a header line is still waiting) a dump can't be used.
    if (!this.isInDump || this.dumpIsCut) return;
    if (offset !== this.dumpLength || offset + BYTES_PER_HEX_LINE > DEFAULT_MAX_CAPTURED) {
      this.dumpIsCut = true;
      return;
    }
    const length = offset + bytes.length;
    if (length > this.dump.length) {
      const larger = new Uint8Array(this.dump.length * 2);
      larger.set(this.dump);
      this.dump = larger;
    }
    this.dump.set(bytes, offset);
    this.dumpLength = length;
  }

  private finishDump(): void {
    if (!this.isInDump) return;
    this.isInDump = false;
    this.dumps++;
    this.packet(this.dumpHeader, this.dump.subarray(0, this.dumpLength), this.dumpIsCut);
  }

  /** The next packet's line comes, or the end, and this packet had no hex dump. It still counts as a packet. */
  private giveUpWaiting(): void {
    if (this.waiting?.isCertain === true) {
      this.packetsWithoutDump++;
      this.packet(this.waiting, new Uint8Array(0), false);
    }
    this.waiting = undefined;
  }

  private packet(header: HeaderLine | undefined, data: Uint8Array, isCut: boolean): void {
    this.packets++;
    if (isCut) {
      this.notes.add(
        'lost-lines',
        `lines of the hex dump of packet ${this.packets} are missing: what follows the gap was left out`,
      );
    }
    if (header !== undefined) this.digits = Math.max(this.digits ?? 0, header.digits);
    if (header === undefined || header.style === 'none') this.packetsWithoutTime++;
    const { queue } = this;
    if (queue === undefined || (queue.length === 0 && (header === undefined || !mayBeDeltas(header)))) {
      this.queue = undefined;
      this.deliver(header, data);
      return;
    }
    const before = queue.at(-1)?.header;
    queue.push({ header, data: data.slice() });
    this.queuedBytes += data.length;
    if (header !== undefined && before !== undefined && isEarlier(header, before)) this.releaseQueue(true);
    else if (queue.length >= MAX_QUEUED_PACKETS || this.queuedBytes >= MAX_QUEUED_BYTES) {
      this.releaseQueue(false);
    }
  }

  private releaseQueue(areDeltas: boolean): void {
    const { queue } = this;
    if (queue === undefined) return;
    this.queue = undefined;
    this.clock.accumulates = areDeltas;
    for (const { header, data } of queue) this.deliver(header, data);
  }

  private deliver(header: HeaderLine | undefined, data: Uint8Array): void {
    if (header !== undefined) this.clock.advance(header);
    const start = findDumpStart(data, data.length, header?.ipVersion ?? 0);
    const linkType = start?.linkType ?? this.likelyLinkType;
    if (start !== undefined) this.likelyLinkType = linkType;
    if (data.length > 0) this.linkTypes.add(linkType);
    let originalLength = Math.max(data.length, start?.wireLength ?? 0);
    // -e prints the length of the whole frame; a dump that starts at the IP header doesn't show it.
    if (linkType !== LINKTYPE_RAW) originalLength = Math.max(originalLength, header?.frameLength ?? 0);
    const { seconds, nanoseconds } = this.clock;
    this.handler.packet(data, 0, data.length, originalLength, seconds, nanoseconds, linkType);
  }

  private noteWhatIsMissing(): void {
    if (this.packetsWithoutDump > 0) {
      this.notes.add(
        'no-packet-bytes',
        `${this.packetsWithoutDump} of ${this.packets} packets are printed without their bytes: print again with tcpdump -X, or give the capture itself`,
      );
    }
    if (this.packetsWithoutTime > 0) {
      this.notes.add(
        'no-timestamp',
        `${this.packetsWithoutTime} of ${this.packets} packets are printed without a time (tcpdump -t) and were given that of the packet before`,
      );
    }
    if (this.clock.accumulates) {
      this.notes.add(
        'relative-time',
        'times are printed relative to the packet before (tcpdump -ttt): they were added up from 1970-01-01T00:00:00Z',
      );
    } else if (this.styles.has('clock')) {
      this.notes.add(
        'no-date',
        'times are printed without a date: they count from 1970-01-01, in the time zone of whoever printed them',
      );
    }
    if (this.styles.has('date')) {
      this.notes.add(
        'local-time',
        'times are printed in the time zone of whoever printed them (tcpdump -tttt): they were taken for UTC',
      );
    }
  }

  private nothingFound(): CaptureError {
    if (this.styles.size > 0) {
      return new CaptureError(
        this.path,
        'is tcpdump output without the packets’ bytes: print again with `tcpdump -X -r dump.pcap`, or give the capture itself',
      );
    }
    if (this.sawOtherHexDump) {
      return new CaptureError(
        this.path,
        'is a hex dump, but not of tcpdump: convert it with `text2pcap` to a capture',
      );
    }
    return new CaptureError(
      this.path,
      'is text, but not what tcpdump prints with -X: give a capture (`tcpdump -w dump.pcap`) or its printout (`tcpdump -X -r dump.pcap`)',
    );
  }
}
